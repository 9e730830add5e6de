import { deliberate, judge } from '../decide/judge.ts'
import { readRecord, type Recorded } from '../decide/record.ts'
import type { ShadowVerdict } from '../decide/types.ts'
import { toNats } from '../math/micro-nats.ts'
import type { Model } from '../model/model.ts'
import type { CompiledPolicy } from '../policy/types.ts'
import { forAuditor, type AuditorView } from './auditor.ts'
import { forDeveloper, type DeveloperView } from './developer.ts'
import { forPerson } from './person.ts'

/** What a decision is explained under. */
export interface Explained {
  readonly policy: CompiledPolicy
  readonly policyVersion: string
  readonly model: Model
  readonly modelVersion: string
}

/** One decision for three readers. Where nothing was enforced, it is what would have been. */
export interface Explanation {
  readonly action: string
  readonly atMs: number
  /** Versions that made the record. */
  readonly versions: Recorded['versions']
  /** What came out then. */
  readonly recorded: Recorded['result']
  /** Policy and model are those of the record. */
  readonly sameVersions: boolean
  /** What is explained here is what was recorded, to the last digit. */
  readonly same: boolean
  readonly observed: boolean
  /** Plain sentences; nothing of what was noticed and how. */
  readonly person: readonly string[]
  readonly developer: DeveloperView
  readonly auditor: AuditorView
  readonly shadow?: ShadowVerdict
}

/**
 * Explains a decision out of its record alone. With the policy and the model of its versions it is the decision that was
 * made; with others, what they would have made of the same evidence, and `same` says whether that differs.
 *
 * @throws RangeError where the policy does not declare the action, or the record is of another version
 */
export function explainDecision(
  record: string,
  { policy, policyVersion, model, modelVersion }: Explained,
): Explanation {
  const { situation, versions, result } = readRecord(record)
  const action = policy.actions.get(situation.action)
  if (action === undefined) throw new RangeError('the policy does not declare this action')
  const grounds = { situation, action, policy, model }
  const judgement = deliberate(situation, action, policy, model)
  const { risk, found } = judgement
  const { shadow } = judge(situation, action, policy, model)
  return {
    action: situation.action,
    atMs: situation.facts.nowMs,
    versions,
    recorded: result,
    sameVersions: versions.policy === policyVersion && versions.model === modelVersion,
    same:
      found.decision === result.decision &&
      found.acr === result.acr &&
      risk.level === result.level &&
      toNats(risk.nats) === result.nats,
    observed: policy.mode === 'observe' && found.decision !== 'allow',
    person: forPerson(situation, judgement),
    developer: forDeveloper(grounds, judgement),
    auditor: forAuditor(grounds, judgement),
    ...(shadow === undefined ? {} : { shadow }),
  }
}
