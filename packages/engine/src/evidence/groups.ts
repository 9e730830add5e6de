import type { ReasonCode } from '@newel/protocol'
import type { MicroNats } from '../math/micro-nats.ts'

/**
 * What causes evidence. `copy` is the declared share of attackers who can copy the group, which bounds how far it calms
 * (ln copy); `maxNats` bounds how far it alarms. All numbers are of the design, section 4, or starting values.
 */
export interface GroupDeclaration {
  readonly copy: number
  readonly maxNats: number
}

/** Share of attackers who imitate the subject's browser: its name and languages, and by the same act its screen and fingerprint. */
export const browserCopy = 0.3

export const groups = {
  /** `copy` holds without a key on record that was proven in this request; with one it is {@link provenKeyCopy}. */
  device: { copy: browserCopy, maxNats: 4 },
  /**
   * That a key on record was not proven. Who copies all that is claimed has no key either, so it stands apart from that and
   * passes no copy formula; it never calms.
   */
  key: { copy: 0, maxNats: 3 },
  network: { copy: 0.1, maxNats: 3.5 },
  client: { copy: browserCopy, maxNats: 2 },
  time: { copy: 0.3, maxNats: 1.5 },
  /**
   * How somebody types, moves and finds the way. The maximum is ln 20: people do it otherwise in one session of twenty (a
   * hurt hand, a strange keyboard), as they show a new value anywhere else, and behaviour alone must not refuse them.
   */
  behaviour: { copy: 0.05, maxNats: 3 },
  /** Signals that are missing though the subject usually gives them. Its ratios are never below zero. */
  absence: { copy: 0, maxNats: 3.5 },
  /** Never calms and passes no copy formula. */
  attack: { copy: 0, maxNats: 6 },
} as const satisfies Record<string, GroupDeclaration>
export type Group = keyof typeof groups
export const groupNames = Object.keys(groups) as readonly Group[]

/** Share of attackers who hold a device key that is on record and can prove it. */
export const provenKeyCopy = 0.002
/** Share of attackers who can copy all that is merely claimed, together: 3 nats of calm at most. */
export const claimedCopy = 0.05

/** One log-likelihood ratio, positive towards "somebody else". */
export interface Finding {
  readonly code: ReasonCode
  readonly nats: number
  /** Sessions of the subject that stand behind it. */
  readonly support: number
}

/** A finding as a decision keeps it. */
export interface Evidence {
  /** Comparator and version, such as `network@1`. */
  readonly comparator: string
  readonly group: Group
  readonly code: ReasonCode
  readonly micro: MicroNats
  readonly support: number
}
