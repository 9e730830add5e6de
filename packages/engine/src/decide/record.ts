import type { ReasonCode } from '@newel/protocol'
import { groups, type Evidence, type Group } from '../evidence/groups.ts'
import type { Facts, Features } from '../facts.ts'
import type { Model } from '../model/model.ts'
import type { CompiledPolicy } from '../policy/types.ts'
import {
  componentCharacters,
  fingerprintComponentNames,
  type FingerprintComponent,
} from '../signals/fingerprint-components.ts'
import { packAnswers, unpackAnswers } from '../rules/params.ts'
import { answersOf, type RuleVerdict } from '../rules/rules.ts'
import { extractFeatures } from './features.ts'
import { judge } from './judge.ts'
import type { Situation } from './situation.ts'
import type { DecisionInput, ShadowVerdict, Verdicts } from './types.ts'

/** Engine that made a record. From the first release on, a change that alters any decision is a new one. */
export const engineVersion = '1'
/** A record is never larger (design, section 4). */
export const maxRecordBytes = 8192

const missing = '.'.repeat(componentCharacters)

type PackedDevice = Omit<Facts['device'], 'fingerprint'> & {
  /** Components in the order of the list, without their names. */
  readonly fingerprint?: { readonly library: string; readonly digests: string }
}
type PackedEvidence = readonly [
  comparator: string,
  group: Group,
  code: ReasonCode,
  micro: number,
  support: number,
]

interface RecordBody extends Omit<Situation, 'facts' | 'evidence' | 'params' | 'answers' | 'shadowAnswers'> {
  readonly v: 1
  readonly versions: {
    readonly engine: string
    readonly policy: string
    readonly model: string
    readonly background: string
    readonly profile?: number
  }
  readonly facts: Omit<Facts, 'device'> & { readonly device: PackedDevice }
  readonly evidence: readonly PackedEvidence[]
  /** What came out, or would have where the tenant observes; for people who read the record. */
  readonly result: Pick<Verdicts, 'decision' | 'problem' | 'level' | 'nats' | 'acr' | 'audit'>
  /** What each rule said, a character each in the order of the policy: see {@link ruleMarks}. */
  readonly rules?: string
  /** Rules that did not keep quiet, by id, as far as there is room; and what the policy in shadow would have decided. */
  readonly spoke?: readonly string[]
  readonly shadow?: Pick<Verdicts, 'decision' | 'problem' | 'level' | 'acr'> & {
    readonly rules?: string
    readonly answers?: string
  }
  /** What the rules that read params said, since the params are dropped: see {@link packAnswers}. */
  readonly answers?: string
}

function packDevice({ fingerprint, ...device }: Facts['device']): PackedDevice {
  if (fingerprint === undefined) return device
  let digests = ''
  for (const name of fingerprintComponentNames) digests += fingerprint.components[name] ?? missing
  return { ...device, fingerprint: { library: fingerprint.library, digests } }
}

function unpackDevice({ fingerprint, ...device }: PackedDevice): Facts['device'] {
  if (fingerprint === undefined) return device
  const components: Partial<Record<FingerprintComponent, string>> = {}
  for (const [i, name] of fingerprintComponentNames.entries()) {
    const digest = fingerprint.digests.slice(i * componentCharacters, (i + 1) * componentCharacters)
    if (digest !== missing && digest !== '') components[name] = digest
  }
  return { ...device, fingerprint: { library: fingerprint.library, components } }
}

/** One byte each; JSON holds no control characters. */
const ascii = /^[ -~]*$/

/** Bytes of a text in UTF-8: there is no encoder in the engine's library. */
function utf8Length(text: string): number {
  // Nearly all records are, and a pattern tells five times faster than a look at each character.
  if (ascii.test(text)) return text.length
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x80) continue
    bytes += code < 0x800 ? 1 : 2
    // A pair is two characters here and four bytes there.
    const next = text.charCodeAt(index + 1)
    if (code >= 0xd800 && code < 0xdc00 && next >= 0xdc00 && next < 0xe000) index += 1
  }
  return bytes
}

/** What a rule said, as a character: upper case where it is enforced, lower case in shadow. */
const ruleMarks = { holds: 'H', quiet: 'Q', failed: 'F', elsewhere: 'E' } as const

const marksOf = (rules: readonly RuleVerdict[]): string =>
  rules
    .map(({ mode, said }) => (mode === 'enforce' ? ruleMarks[said] : ruleMarks[said].toLowerCase()))
    .join('')

function packRules(rules: readonly RuleVerdict[]): Pick<RecordBody, 'rules' | 'spoke'> {
  if (rules.length === 0) return {}
  const spoke = rules.filter(({ said }) => said === 'holds' || said === 'failed').map(({ id }) => id)
  return { rules: marksOf(rules), ...(spoke.length === 0 ? {} : { spoke }) }
}

const packedAnswers = (
  policy: Pick<CompiledPolicy, 'rules'> | undefined,
  rules: readonly RuleVerdict[],
): { answers?: string } => {
  const answers = packAnswers(answersOf(policy?.rules ?? [], rules))
  return answers === '' ? {} : { answers }
}

function packShadow(
  shadow: ShadowVerdict | undefined,
  policy: Pick<CompiledPolicy, 'rules'> | undefined,
): Pick<RecordBody, 'shadow'> {
  if (shadow === undefined) return {}
  const { rules, ...verdict } = shadow
  const said = rules.length === 0 ? {} : { rules: marksOf(rules), ...packedAnswers(policy, rules) }
  return { shadow: { ...verdict, ...said } }
}

/** The situation with the versions behind it, as JSON of at most {@link maxRecordBytes}. */
export function encodeRecord(
  situation: Situation,
  input: Pick<DecisionInput, 'policy' | 'policyVersion' | 'modelVersion' | 'backgroundVersion' | 'subject'>,
  {
    decision,
    problem,
    level,
    nats,
    acr,
    audit,
    rules,
    shadow,
  }: RecordBody['result'] & Pick<Verdicts, 'rules' | 'shadow'>,
): string {
  const profile = input.subject?.profileVersion
  const { params: _params, answers: _answers, shadowAnswers: _shadowAnswers, ...recorded } = situation
  const body: RecordBody = {
    v: 1,
    versions: {
      engine: engineVersion,
      policy: input.policyVersion,
      model: input.modelVersion,
      background: input.backgroundVersion,
      ...(profile === undefined ? {} : { profile }),
    },
    ...recorded,
    facts: { ...situation.facts, device: packDevice(situation.facts.device) },
    evidence: situation.evidence.map(({ comparator, group, code, micro, support }) => [
      comparator,
      group,
      code,
      micro,
      support,
    ]),
    result: {
      decision,
      level,
      nats,
      acr,
      ...(problem === undefined ? {} : { problem }),
      ...(audit === undefined ? {} : { audit }),
    },
    ...packRules(rules),
    ...packedAnswers(input.policy, rules),
    ...packShadow(shadow, input.policy.shadow),
  }
  const full = JSON.stringify(body)
  // The names can be read from the policy as well: they are what goes first where something absurd was claimed.
  const record = utf8Length(full) > maxRecordBytes ? JSON.stringify({ ...body, spoke: undefined }) : full
  if (utf8Length(record) > maxRecordBytes)
    throw new RangeError(`a record has at most ${maxRecordBytes} bytes`)
  return record
}

/** What a record holds beside the situation. */
export type Recorded = Pick<RecordBody, 'versions' | 'result'> & { readonly situation: Situation }

/** @throws RangeError where the record is of another version */
export function readRecord(record: string): Recorded {
  const {
    v,
    versions,
    result,
    rules: _rules,
    spoke: _spoke,
    shadow,
    answers,
    facts,
    evidence,
    ...rest
  } = JSON.parse(record) as RecordBody
  if ((v as number) !== 1) throw new RangeError('the record is of another version')
  const situation: Situation = {
    ...rest,
    ...(answers === undefined ? {} : { answers: unpackAnswers(answers) }),
    ...(shadow?.answers === undefined ? {} : { shadowAnswers: unpackAnswers(shadow.answers) }),
    facts: { ...facts, device: unpackDevice(facts.device) },
    evidence: evidence.map(([comparator, group, code, micro, support]): Evidence => {
      if (!Object.hasOwn(groups, group)) throw new RangeError('the record names an unknown group of evidence')
      return { comparator, group, code, micro, support }
    }),
  }
  return { versions, result, situation }
}

/**
 * Decides again from a record alone. With the policy and the model of its versions the outcome is the same to the last
 * digit; with others it is what they would have made of the same evidence.
 *
 * @throws RangeError where the policy does not declare the action, or the record is of another version
 */
export function recompute(
  record: string,
  under: { readonly policy: CompiledPolicy; readonly model: Model },
): Verdicts {
  const { situation } = readRecord(record)
  const action = under.policy.actions.get(situation.action)
  if (action === undefined) throw new RangeError('the policy does not declare this action')
  return judge(situation, action, under.policy, under.model)
}

/** What the comparators read, as the record holds it. */
export const factsOfRecord = (record: string): Facts => readRecord(record).situation.facts

/** What there is to learn from a decision, once its outcome is known. */
export const featuresOfRecord = (record: string): Features =>
  extractFeatures(readRecord(record).situation.facts)
