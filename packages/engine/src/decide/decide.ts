import { strongerAcr } from '@newel/protocol'
import { foldEvents } from '../profile/fold.ts'
import { isKnown } from '../profile/history.ts'
import { emptyProfile, withPending, type Profile } from '../profile/profile.ts'
import { readOrEmpty, type ReadProfile } from '../profile/read.ts'
import { grantsOf, isStrong } from '../signals/grants.ts'
import { coinOf } from './audit.ts'
import { compactFacts } from './compact.ts'
import { standingDemand } from './demands.ts'
import { gatherEvidence } from './evidence.ts'
import { judge } from './judge.ts'
import { encodeRecord } from './record.ts'
import { isProven, type KeyStanding, type Situation } from './situation.ts'
import type { DecisionInput, DecisionOutput, SubjectInput, SubjectState } from './types.ts'

/** What is known of the subject now. */
function profileOf(subject: SubjectInput | undefined, nowMs: number): ReadProfile {
  const given = subject?.profile
  const before = given instanceof Uint8Array ? readOrEmpty(given) : (given?.profile ?? emptyProfile)
  const profile = foldEvents(before, subject?.events ?? [], { nowMs })
  // Where nothing came and nothing ripened, it stands as it was read.
  const all =
    given instanceof Uint8Array || given === undefined || profile !== before
      ? withPending(profile)
      : given.all
  return { profile, all }
}

function stateOf(subject: SubjectInput | undefined, { history }: Profile): SubjectState {
  if (subject === undefined) return 'anonymous'
  if (subject.createdInThisSession) return 'new'
  if (history.sessions === 0) return 'unseen'
  return isKnown(history) ? 'known' : 'enrolling'
}

/**
 * Decides: allow, challenge or deny, with all that was thought. Pure: the same input gives the same output to the last
 * digit, on every runtime.
 *
 * @throws RangeError for an action that the policy does not declare: see `resolveAction`
 */
export function decide(input: DecisionInput): DecisionOutput {
  const { question, subject, policy, model, session } = input
  const action = policy.actions.get(question.action)
  if (action === undefined) throw new RangeError('the policy does not declare this action')

  const facts = compactFacts(input.facts)
  const { profile, all } = profileOf(subject, facts.nowMs)
  const state = stateOf(subject, profile)
  const active = input.grants.filter(({ revokedAtMs }) => revokedAtMs === undefined)
  const grants = grantsOf(active, facts.device, isProven(facts))
  const key: KeyStanding =
    active.length === 0 ? 'none' : grants.length === 0 ? 'unknown' : grants.some(isStrong) ? 'strong' : 'weak'
  const demand = standingDemand(input.demands, question.action, {
    facts,
    session,
    keyProven: grants.length > 0,
  })
  const coin = coinOf(input, state, profile, facts.nowMs)
  const situation: Situation = {
    action: question.action,
    params: question.params,
    ...(subject === undefined ? {} : { subject: subject.id }),
    require: question.require ?? {},
    facts,
    ...(session === undefined ? {} : { session }),
    state,
    key,
    granted: grants.some(({ method }) => method !== 'vouched'),
    evidence: gatherEvidence({
      facts,
      profile,
      all,
      background: input.background,
      grants,
      hasKeys: active.length > 0,
    }),
    ...(demand === undefined ? {} : { demand }),
    assurance: input.assurance,
    methods: input.methods,
    highestAcr: input.methods.reduce(
      (most, { acr }) => strongerAcr(most, acr),
      input.highestAcr ?? 'newel:base',
    ),
    ...(coin === undefined ? {} : { coin }),
  }
  const verdicts = judge(situation, action, policy, model)
  // Where nothing is enforced, the record says what would have been.
  const enforced =
    policy.mode === 'observe' ? judge(situation, action, { ...policy, mode: 'enforce' }, model) : verdicts
  return { ...verdicts, record: encodeRecord(situation, input, enforced) }
}
