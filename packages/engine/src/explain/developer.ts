import type { Acr, Decision, Level, MethodName } from '@newel/protocol'
import type { RuleVerdict } from '../rules/rules.ts'
import { allReasons, type Judgement } from '../decide/judge.ts'
import { logistic } from '../math/logistic.ts'
import { toMicroNats, toNats } from '../math/micro-nats.ts'
import { changesOf, type Change, type Grounds } from './changes.ts'
import { textOfReason } from './text.ts'

/** Why it was decided so, for who builds on it. */
export interface DeveloperView {
  readonly decision: Decision
  readonly problem?: string
  readonly level: Level
  readonly score: number
  readonly nats: number
  /** Asked, or held where it was allowed. */
  readonly acr: Acr
  readonly methods?: readonly MethodName[]
  readonly maxAgeSeconds?: number
  readonly state: string
  readonly reasons: readonly {
    readonly code: string
    readonly text: string
    readonly nats?: number
    readonly support?: number
  }[]
  readonly rules: readonly RuleVerdict[]
  /** Where a coin decided whether to ask, the share of such decisions that are asked. */
  readonly audit?: { readonly drawn: boolean; readonly share: number }
  /** Nats to the edge of the band above, and below the edge of this one; absent at the ends. */
  readonly toNextBand?: number
  readonly aboveEdge?: number
  /** What would have changed it. */
  readonly changes: readonly Change[]
}

export function forDeveloper(grounds: Grounds, judgement: Judgement): DeveloperView {
  const { situation, action, policy } = grounds
  const { risk, merged, found, verdicts, audit } = judgement
  const codes = [...risk.reasons, ...merged.voices.map(({ reason }) => reason), ...found.more]
  const stakes = toMicroNats(action.stakes_nats ?? 0)
  const edges = [policy.edges.medium, policy.edges.high, policy.edges.critical].map((edge) => edge - stakes)
  const above = edges.find((edge) => edge > risk.effective)
  const below = edges.filter((edge) => edge <= risk.effective).at(-1)
  return {
    decision: found.decision,
    ...(found.problem === undefined ? {} : { problem: found.problem }),
    level: risk.level,
    score: logistic(toNats(risk.logOdds)),
    nats: toNats(risk.nats),
    acr: found.acr,
    ...(found.required === undefined
      ? {}
      : { methods: found.required.methods, maxAgeSeconds: found.required.maxAgeSeconds }),
    state: situation.state,
    reasons: allReasons(risk, codes).map(({ code, nats, support }) => ({
      code,
      text: textOfReason(code, policy),
      ...(nats === undefined ? {} : { nats }),
      ...(support === undefined ? {} : { support }),
    })),
    rules: verdicts,
    ...(audit === undefined ? {} : { audit: { drawn: audit.drawn, share: audit.share } }),
    ...(above === undefined ? {} : { toNextBand: toNats(above - risk.effective) }),
    ...(below === undefined ? {} : { aboveEdge: toNats(risk.effective - below) }),
    changes: changesOf(grounds, judgement),
  }
}
