import type { Acr } from '@newel/protocol'
import type { Asked } from '../decide/asked.ts'
import { coinSides } from '../decide/audit.ts'
import { heldAcr } from '../decide/held.ts'
import type { Judgement } from '../decide/judge.ts'
import { combine, type Combined } from '../evidence/combine.ts'
import { claimedCopy, groupNames, groups, provenKeyCopy, type Group } from '../evidence/groups.ts'
import { toMicroNats, type MicroNats } from '../math/micro-nats.ts'
import type { RuleVerdict } from '../rules/rules.ts'
import type { Grounds } from './changes.ts'

/** Every term of a decision, in millionths of a nat where it is evidence. */
export interface AuditorView {
  readonly evidence: readonly {
    readonly comparator: string
    readonly group: Group
    readonly code: string
    readonly micro: MicroNats
    readonly support: number
    /** False where an entry of the allow list removed it. */
    readonly counted: boolean
    /** Where formula and source are written down. */
    readonly source: string
  }[]
  readonly groups: readonly {
    readonly group: Group
    /** Sum of its findings. */
    readonly sum: MicroNats
    /** Share of attackers who can copy it, and the most that it alarms in nats. */
    readonly copy: number
    readonly maxNats: number
    /** After both. */
    readonly said: MicroNats
    readonly weight: number
  }[]
  /** The device key is on record and was proven: the device stands apart from what is merely claimed. */
  readonly keyProven: boolean
  readonly apart: MicroNats
  /** What device and client calm twice by one copy: part of `claimed`. */
  readonly copiedTwice: MicroNats
  readonly claimed: MicroNats
  readonly claimedCopy: number
  readonly claimedSaid: MicroNats
  readonly nats: MicroNats
  readonly base: MicroNats
  /** Base and evidence: the score is their logistic. */
  readonly logOdds: MicroNats
  /** What the level is made of: not below floors, demands and what rules name as the least. */
  readonly effective: MicroNats
  readonly floors: readonly string[]
  readonly stakes: MicroNats
  /** Before stakes. */
  readonly edges: Readonly<Record<'medium' | 'high' | 'critical', MicroNats>>
  readonly level: string
  /** What each verdict asks, and what they ask together. */
  readonly voices: readonly { readonly reason: string; readonly asks: Asked }[]
  readonly asked: Asked
  /** What the coin said, where it decided: below the share of its sides it asks. */
  readonly audit?: {
    readonly coin: number
    readonly sides: number
    readonly share: number
    readonly drawn: boolean
    readonly propensity: number
  }
  /** The best that the session could show. */
  readonly held: Acr
  /** `recorded`: it reads params, which no record holds; what it said then stands there, and is not computed again. */
  readonly rules: readonly (RuleVerdict & { readonly reason: string; readonly recorded?: true })[]
  readonly lists: readonly {
    readonly id: string
    readonly kind: string
    readonly author: string
    readonly expires: string
  }[]
}

const groupsOf = (
  combined: Combined,
  weights: Readonly<Record<Group, number>>,
  keyProven: boolean,
): AuditorView['groups'] =>
  groupNames.map((group) => ({
    group,
    sum: combined.sums[group],
    copy: group === 'device' && keyProven ? provenKeyCopy : groups[group].copy,
    maxNats: groups[group].maxNats,
    said: combined.groups[group],
    weight: weights[group],
  }))

export function forAuditor({ situation, action, policy, model }: Grounds, judgement: Judgement): AuditorView {
  const { risk, merged, verdicts, entries, audit } = judgement
  const keyProven = situation.key === 'strong' || situation.key === 'weak'
  const combined = combine(risk.counted, model.weights, keyProven)
  const { deny, acr, maxAgeSeconds, methods } = merged
  return {
    evidence: situation.evidence.map((finding) => ({
      ...finding,
      counted: risk.counted.includes(finding),
      source: `docs/engine.md, ${finding.comparator}`,
    })),
    groups: groupsOf(combined, model.weights, keyProven),
    keyProven,
    apart: combined.apart,
    copiedTwice: combined.copiedTwice,
    claimed: combined.claimed,
    claimedCopy,
    claimedSaid: combined.claimedSaid,
    nats: risk.nats,
    base: risk.base,
    logOdds: risk.logOdds,
    effective: risk.effective,
    floors: risk.reasons,
    stakes: toMicroNats(action.stakes_nats ?? 0),
    edges: policy.edges,
    level: risk.level,
    voices: merged.voices.map(({ reason, asks }) => ({ reason, asks })),
    asked: { deny, acr, maxAgeSeconds, ...(methods === undefined ? {} : { methods }) },
    ...(audit === undefined || situation.coin === undefined
      ? {}
      : {
          audit: {
            coin: situation.coin,
            sides: coinSides,
            share: audit.share,
            drawn: audit.drawn,
            propensity: audit.propensity,
          },
        }),
    held: heldAcr(situation, maxAgeSeconds),
    rules: verdicts.map((verdict, index) => ({
      ...verdict,
      reason: policy.rules[index]?.reason ?? '',
      ...(policy.rules[index]?.condition.answer === undefined ? {} : { recorded: true as const }),
    })),
    lists: entries.map(({ id, kind, source: { author, expires } }) => ({ id, kind, author, expires })),
  }
}
