import {
  acrSatisfies,
  builtInActions,
  strongerAcr,
  type Acr,
  type ActionDeclaration,
  type Reason,
  type ReasonCode,
} from '@newel/protocol'
import type { Demand } from '../facts.ts'
import { logistic } from '../math/logistic.ts'
import { toNats } from '../math/micro-nats.ts'
import type { Model } from '../model/model.ts'
import { isBuiltIn } from '../policy/actions.ts'
import type { CompiledPolicy } from '../policy/types.ts'
import { matchEntries, type CompiledEntry } from '../rules/lists.ts'
import { evaluateRules, speaks, type RuleVerdict } from '../rules/rules.ts'
import { auditOf, type Audit } from './audit.ts'
import { heldAcr, provenBy } from './held.ts'
import { mergeRequirements, methodsFor, type GivenReason, type Merged } from './requirement.ts'
import { assessRisk, raiseRisk, type Risk } from './risk.ts'
import { isProven, type Situation } from './situation.ts'
import type { ShadowVerdict, Verdicts } from './types.ts'

/** A demand holds for 24 hours (design, section 4). */
const demandMs = 86_400_000

export type Outcome = Pick<Verdicts, 'decision' | 'problem' | 'required' | 'acr'> & {
  readonly more: readonly ReasonCode[]
  /** The acr to keep asking for. */
  readonly demands?: Acr
}

/** What a denial leaves asked: the strongest that any band asks. */
function strongestAsked({ requirements }: CompiledPolicy): Acr {
  const asked = Object.values(requirements).flatMap((verdict) =>
    typeof verdict === 'string' ? [] : [verdict.acr],
  )
  return asked.length === 0 ? 'phrh' : asked.reduce(strongerAcr)
}

function unmet(situation: Situation, merged: Merged, policy: CompiledPolicy): Outcome {
  const refused: Outcome = {
    decision: 'deny',
    problem: 'unmet_authentication_requirements',
    acr: merged.acr,
    more: ['unmet'],
    demands: merged.acr,
  }
  // The rule opens the way to a stronger method and to nothing else: the action itself still asks what it asks.
  if (policy.unmet.then === 'deny' || situation.action !== builtInActions.enroll) return refused
  const { under } = policy.unmet
  const methods = methodsFor(situation, under, merged.unyielding.methods)
  if (methods.length === 0 || !acrSatisfies(under, merged.unyielding.acr)) return refused
  return {
    decision: 'challenge',
    problem: 'insufficient_user_authentication',
    required: { acr: under, maxAgeSeconds: merged.maxAgeSeconds, methods },
    acr: under,
    more: ['unmet'],
    demands: under,
  }
}

function outcome(
  situation: Situation,
  action: ActionDeclaration,
  policy: CompiledPolicy,
  merged: Merged,
): Outcome {
  const held = heldAcr(situation, merged.maxAgeSeconds)
  if (merged.deny) {
    return {
      decision: 'deny',
      problem: 'denied',
      acr: merged.acr,
      more: [],
      demands: strongerAcr(merged.acr, strongestAsked(policy)),
    }
  }
  if (merged.acr === 'newel:base') return { decision: 'allow', acr: held, more: [] }
  // Nobody is there to be asked: what an unknown person would have to prove is refused.
  if (situation.state === 'anonymous')
    return { decision: 'deny', problem: 'denied', acr: merged.acr, more: [] }
  if (!isProven(situation.facts)) {
    return { decision: 'challenge', problem: 'signals_required', acr: merged.acr, more: [] }
  }
  if (action.once !== true && acrSatisfies(held, merged.acr) && provenBy(held, merged.methods))
    return { decision: 'allow', acr: held, more: ['session_assurance'] }
  const methods = methodsFor(situation, merged.acr, merged.methods)
  if (methods.length === 0) return unmet(situation, merged, policy)
  return {
    decision: 'challenge',
    problem: 'insufficient_user_authentication',
    required: { acr: merged.acr, maxAgeSeconds: merged.maxAgeSeconds, methods },
    acr: merged.acr,
    more: [],
    demands: merged.acr,
  }
}

/** Floors that hold even where nothing could be opened, so that leaving signals out clears none of them. */
const standing: readonly GivenReason[] = ['session_key_changed', 'receipt_replayed', 'webdriver']

function demandOf(
  situation: Situation,
  risk: Risk,
  result: Outcome,
  reasons: readonly GivenReason[],
): Demand | undefined {
  const { facts, session } = situation
  const kept =
    result.problem === 'signals_required'
      ? reasons.some((reason) => standing.includes(reason))
        ? result.acr
        : undefined
      : result.demands
  if (kept === undefined) return undefined
  const { jkt } = facts.device
  const { prefix } = facts.network
  return {
    action: situation.action,
    acr: kept,
    nats: toNats(risk.effective - risk.base),
    atMs: facts.nowMs,
    untilMs: facts.nowMs + demandMs,
    ...(session === undefined ? {} : { session }),
    ...(jkt === undefined ? {} : { jkt }),
    ...(prefix === undefined ? {} : { prefix }),
  }
}

/** Each code once: what several comparators or tiers say under one code is added up. */
export function allReasons({ counted }: Risk, codes: readonly GivenReason[]): readonly Reason[] {
  const evidence = new Map<GivenReason, { micro: number; support: number }>()
  for (const { code, micro, support } of counted) {
    const said = evidence.get(code)
    evidence.set(code, { micro: micro + (said?.micro ?? 0), support: Math.max(support, said?.support ?? 0) })
  }
  return [
    ...[...evidence].map(([code, { micro, support }]) => ({ code, nats: toNats(micro), support })),
    ...[...new Set(codes)].filter((code) => !evidence.has(code)).map((code) => ({ code })),
  ]
}

/** All that leads to a verdict. */
export interface Judgement {
  /** Entries of the policy's lists that are about the request. */
  readonly entries: readonly CompiledEntry[]
  readonly risk: Risk
  readonly verdicts: readonly RuleVerdict[]
  readonly merged: Merged
  /** Absent where no coin decides: see {@link auditOf}. */
  readonly audit?: Audit
  readonly found: Outcome
}

/** How a verdict comes about: evidence and lists, then rules, then what is asked of whom, then the coin where that is nothing. */
export function deliberate(
  situation: Situation,
  action: ActionDeclaration,
  policy: CompiledPolicy,
  model: Model,
): Judgement {
  const entries = matchEntries(policy.entries, situation)
  const allowing = entries.filter(({ kind }) => kind === 'allow')
  const before = assessRisk(situation, action, policy, model, allowing)
  const verdicts = evaluateRules(policy.rules, {
    situation,
    risk: before,
    listed: entries.map(({ id }) => id),
  })
  const risk = verdicts.reduce((raised, verdict, index) => {
    const then = policy.rules[index]?.then
    if (!speaks(verdict) || then === undefined || then === 'deny' || then.level === undefined) return raised
    return raiseRisk(raised, then.level, action, policy)
  }, before)
  const least = mergeRequirements(situation, action, policy, risk, { verdicts, entries })
  const audit = auditOf(situation, policy, least, allowing)
  const merged = audit?.drawn === true ? audit.asked : least
  return {
    entries,
    risk,
    verdicts,
    merged,
    ...(audit === undefined ? {} : { audit }),
    found: outcome(situation, action, policy, merged),
  }
}

function shadowVerdict(
  situation: Situation,
  action: ActionDeclaration,
  policy: CompiledPolicy,
  model: Model,
): ShadowVerdict {
  const { answers: _live, shadowAnswers: answers, ...asked } = situation
  const inShadow: Situation = { ...asked, ...(answers === undefined ? {} : { answers }) }
  const { risk, verdicts, found } = deliberate(inShadow, action, policy, model)
  return {
    decision: found.decision,
    ...(found.problem === undefined ? {} : { problem: found.problem }),
    level: risk.level,
    acr: found.acr,
    rules: verdicts,
  }
}

/** An action that the shadow no longer declares is judged as the policy in force declares it. */
const shadowOf = (
  situation: Situation,
  action: ActionDeclaration,
  { shadow }: CompiledPolicy,
  model: Model,
): Pick<Verdicts, 'shadow'> =>
  shadow === undefined
    ? {}
    : { shadow: shadowVerdict(situation, shadow.actions.get(situation.action) ?? action, shadow, model) }

/** The verdict on a situation, the same to the last digit whenever it is made again. */
export function judge(
  situation: Situation,
  action: ActionDeclaration,
  policy: CompiledPolicy,
  model: Model,
): Verdicts {
  const { risk, verdicts, merged, audit, found } = deliberate(situation, action, policy, model)
  const codes: GivenReason[] = [
    ...(situation.granted ? (['device_granted'] as const) : []),
    ...(situation.state === 'new' ? (['subject_new'] as const) : []),
    ...risk.reasons,
    ...merged.voices.map(({ reason }) => reason),
    ...found.more,
  ]
  // Newel's own actions guard authenticators: observing does not leave those open.
  const observed = policy.mode === 'observe' && found.decision !== 'allow' && !isBuiltIn(situation.action)
  const demand =
    observed || situation.state === 'anonymous' ? undefined : demandOf(situation, risk, found, codes)
  const shared = {
    level: risk.level,
    score: logistic(toNats(risk.logOdds)),
    nats: toNats(risk.nats),
    calibration: model.calibration,
    state: situation.state,
    rules: verdicts,
    ...(audit === undefined ? {} : { audit: { drawn: audit.drawn, propensity: audit.propensity } }),
    ...shadowOf(situation, action, policy, model),
  }
  if (observed) {
    const held = heldAcr(situation, merged.maxAgeSeconds)
    return { ...shared, decision: 'allow', acr: held, reasons: allReasons(risk, [...codes, 'observe']) }
  }
  return {
    ...shared,
    decision: found.decision,
    ...(found.problem === undefined ? {} : { problem: found.problem }),
    reasons: allReasons(risk, codes),
    ...(found.required === undefined ? {} : { required: found.required }),
    acr: found.acr,
    ...(demand === undefined ? {} : { demand }),
  }
}
