import {
  acrSatisfies,
  levels,
  methods,
  policy as policySchema,
  type Level,
  type Policy,
  type Requirement,
  type SignalName,
  type Verdict,
} from '@newel/protocol'
import * as v from 'valibot'
import { askedBy } from '../decide/asked.ts'
import { toMicroNats } from '../math/micro-nats.ts'
import { builtInDeclarations, declaredParams, isBuiltIn } from './actions.ts'
import { placeholder } from './display.ts'
import { explainIssues, found } from './explain.ts'
import { nearestName } from './nearest.ts'
import { comparedSignals } from '../signals/given.ts'
import { defaultAuditShare } from './default.ts'
import { compileRules } from './compile-rules.ts'
import type { CompiledPolicy, CompileResult, PolicyError } from './types.ts'

function bandErrors({ bands }: Policy): PolicyError[] {
  const errors: PolicyError[] = []
  if (bands.high <= bands.medium)
    errors.push(found(['bands', 'high'], `must lie above medium (${bands.medium}), found ${bands.high}`))
  if (bands.critical <= bands.high)
    errors.push(found(['bands', 'critical'], `must lie above high (${bands.high}), found ${bands.critical}`))
  return errors
}

/** Rank by strictness: allow, then the ladder, then deny. */
const asks = (verdict: Verdict): string =>
  verdict === 'allow' ? 'newel:base' : verdict === 'deny' ? 'deny' : verdict.acr
const weaker = (a: Verdict, b: Verdict): boolean =>
  asks(b) !== 'deny' && (asks(a) === 'deny' || !acrSatisfies(asks(b), asks(a)))

function requirementErrors(keys: readonly string[], requirement: Requirement): PolicyError[] {
  if (requirement.methods === undefined) return []
  if (requirement.methods.some((method) => acrSatisfies(methods[method].acr, requirement.acr))) return []
  return [found([...keys, 'methods'], `none of the listed methods reaches ${requirement.acr}`)]
}

/** What of a lower band a higher one does not hold, though it asks for the same acr or a stronger one. */
function looser(level: Level, verdict: Verdict, below: Verdict, belowLevel: Level): PolicyError[] {
  if (typeof verdict === 'string' || typeof below === 'string') return []
  const errors: PolicyError[] = []
  const [age, belowAge] = [askedBy(verdict).maxAgeSeconds, askedBy(below).maxAgeSeconds]
  if (age > belowAge) {
    const message = `counts older proofs than ${belowLevel} (${belowAge} s): a higher band never asks less than a lower one`
    errors.push(found(['requirements', level, 'max_age_s'], message))
  }
  const missing = verdict.methods?.find((method) => below.methods?.includes(method) === false)
  const wider = below.methods !== undefined && (verdict.methods === undefined || missing !== undefined)
  if (wider && verdict.acr === below.acr) {
    const message = `allows methods that ${belowLevel} does not: a higher band never asks less than a lower one`
    errors.push(found(['requirements', level, 'methods'], message))
  }
  return errors
}

function ladderErrors({ requirements }: Policy): PolicyError[] {
  return levels.flatMap((level, index) => {
    const verdict = requirements[level]
    const below = levels[index - 1]
    const errors = typeof verdict === 'string' ? [] : requirementErrors(['requirements', level], verdict)
    if (below !== undefined && weaker(requirements[below], verdict)) {
      errors.push(
        found(
          ['requirements', level],
          `asks less than ${below}: a higher band never asks less than a lower one`,
        ),
      )
    }
    if (below !== undefined) errors.push(...looser(level, verdict, requirements[below], below))
    return errors
  })
}

function actionErrors(policy: Policy): PolicyError[] {
  return Object.entries(policy.actions).flatMap(([name, action]) => {
    const at = ['actions', name]
    const errors = action.floor === undefined ? [] : requirementErrors([...at, 'floor'], action.floor)
    if (isBuiltIn(name) || name.startsWith('newel.')) {
      errors.push(found(at, 'names that begin with "newel." are built in and cannot be declared'))
    }
    const declared = declaredParams(action)
    if (declared.length > 32)
      errors.push(found([...at, 'params'], `at most 32 params, found ${declared.length}`))
    if (action.once === true && action.params !== 'none' && declared.length === 0) {
      errors.push(found([...at, 'params'], 'a `once` action declares at least one param, or says "none"'))
    }
    for (const [language, text] of Object.entries(action.display ?? {})) {
      for (const [, param] of text.matchAll(placeholder)) {
        if (declared.includes(param!)) continue
        const message =
          declared.length === 0
            ? 'names a param, but the action declares none'
            : `names an undeclared param; declared are ${declared.join(', ')}`
        errors.push(found([...at, 'display', language], message, nearestName(param!, declared)))
      }
    }
    return errors
  })
}

function signalErrors(policy: Policy): PolicyError[] {
  return (policy.wanted_signals ?? []).flatMap((signal, index) =>
    comparedSignals.some((known) => known === signal)
      ? []
      : [
          found(
            ['wanted_signals', String(index)],
            `no comparator reads such a signal; those read are ${comparedSignals.join(', ')}`,
            nearestName(signal, comparedSignals),
          ),
        ],
  )
}

/** `under` serves subjects who cannot meet a requirement: where every requirement is met by `under` itself, none of them can. */
function unmetErrors(policy: Policy): PolicyError[] {
  if (policy.unmet?.then !== 'enroll') return []
  const { under } = policy.unmet
  if (under === 'newel:base')
    return [found(['unmet', 'under'], 'newel:base is no proof: name at least newel:contact')]
  const asked = [
    ...levels.map((level) => policy.requirements[level]).filter((verdict) => typeof verdict !== 'string'),
    ...Object.values(policy.actions).flatMap((action) => action.floor ?? []),
  ]
  if (asked.length === 0 || asked.some((requirement) => !acrSatisfies(under, requirement.acr))) return []
  return [
    found(
      ['unmet', 'under'],
      `${under} is not reachable by a subject who cannot meet any weaker requirement of this policy`,
    ),
  ]
}

type Content = Omit<CompiledPolicy, 'shadow'>
type Compiled<T> =
  { readonly ok: true; readonly policy: T } | { readonly ok: false; readonly errors: readonly PolicyError[] }

function compileContent(source: Policy): Compiled<Content> {
  const rules = compileRules(source)
  const errors = [
    ...[bandErrors, ladderErrors, actionErrors, signalErrors, unmetErrors].flatMap((check) => check(source)),
    ...rules.errors,
  ]
  if (errors.length > 0) return { ok: false, errors }
  return {
    ok: true,
    policy: {
      source,
      mode: source.mode ?? 'enforce',
      edges: {
        medium: toMicroNats(source.bands.medium),
        high: toMicroNats(source.bands.high),
        critical: toMicroNats(source.bands.critical),
      },
      requirements: source.requirements satisfies Record<Level, Verdict>,
      wantedSignals: (source.wanted_signals ?? []) as SignalName[],
      missingSignals: source.missing_signals ?? 'stricter',
      auditShare: source.audit_share ?? defaultAuditShare,
      unmet: source.unmet ?? { then: 'deny' },
      actions: new Map([...Object.entries(source.actions), ...Object.entries(builtInDeclarations)]),
      rules: rules.rules,
      entries: rules.entries,
    },
  }
}

/** Mistakes of the policy in shadow stand below `/shadow`; those of members that it shares are said once. */
function compileShadow({ shadow, ...live }: Policy): Compiled<Content | undefined> {
  if (shadow === undefined) return { ok: true, policy: undefined }
  const given = Object.fromEntries(Object.entries(shadow).filter(([, value]) => value !== undefined))
  const compiled = compileContent({ ...live, ...given })
  if (compiled.ok) return compiled
  return { ok: false, errors: compiled.errors.map((error) => ({ ...error, path: `/shadow${error.path}` })) }
}

/** Checks a policy, fills in its defaults and adds the built-in actions; or says of each mistake where and what it is. */
export function compilePolicy(input: unknown): CompileResult {
  const parsed = v.safeParse(policySchema, input)
  if (!parsed.success) return { ok: false, errors: explainIssues(policySchema, parsed.issues) }
  const live = compileContent(parsed.output)
  if (!live.ok) return live
  const shadow = compileShadow(parsed.output)
  if (!shadow.ok) return shadow
  return { ok: true, policy: { ...live.policy, ...(shadow.policy && { shadow: shadow.policy }) } }
}
