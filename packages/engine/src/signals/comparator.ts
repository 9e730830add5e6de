import type { Background } from '../background/background.ts'
import type { Finding, Group } from '../evidence/groups.ts'
import type { Facts, Features, Grant } from '../facts.ts'
import type { Device, Statistics } from '../profile/devices.ts'
import type { Backing } from '../profile/pending.ts'
import type { Token } from '../profile/token.ts'

/** What a comparator reads beside its own section of the profile. */
export interface Comparison {
  /** Cut to what is compared; see `compactFacts`. */
  readonly facts: Facts
  readonly features: Features
  readonly background: Background
  /** Sessions learned from, whatever backs them. */
  readonly sessions: number
  /** Of the first and the latest session; 0 where there was none. */
  readonly firstMs: number
  readonly lastMs: number
  readonly devices: readonly Device[]
  readonly statistics: Statistics
  /** Devices that had to make room. */
  readonly forgotten: number
  /** Grants of the key of this request, where it was proven; empty for a key that is not on record. */
  readonly grants: readonly Grant[]
  /** Whether the subject has any key on record. */
  readonly hasKeys: boolean
}

/**
 * A comparator's section of the profile. A session is learned as a few unsigned integers (32 bits at most), so that it can
 * wait among the unverified and be taken back.
 */
export interface Section<State> {
  readonly empty: State
  /** Its samples differ with every session: they are no part of whether two sessions look alike. */
  readonly volatile?: true
  decode(bytes: Uint8Array): State
  encode(state: State): Uint8Array
  /** What is learned of one session; empty where there is nothing. */
  sample(features: Features): readonly number[]
  /** The sample without what the state does not hold: for sessions that may only refresh. */
  mask(state: State, sample: readonly number[]): readonly number[]
  /** @param units quarters of a session  @param day days since 1970 */
  learn(state: State, sample: readonly number[], units: number, day: number): State
}

/** A session from which a keeper learns. */
export interface Taught {
  readonly event: Token
  readonly atMs: number
  /** `undefined` where it was strongly proven. */
  readonly backing: Backing | undefined
}

/**
 * A section that keeps its own unverified samples: for behaviour, whose samples are never alike, need more room than the
 * sessions that wait together, and are learned or not by how near they lie to what is verified.
 */
export interface Keeper<State> {
  readonly empty: State
  decode(bytes: Uint8Array): State
  encode(state: State): Uint8Array
  /** Never called for a silent session without a key on record. */
  learn(state: State, features: Features, taught: Taught): State
  /** What has waited long enough is verified from now on; see `hasAged`. */
  ripen(state: State, nowMs: number): State
  /** Takes back what an event taught, where that still waits. */
  takeBack(state: State, event: Token): State
  /** Without what it can spare best, where a profile has no room; `undefined` where nothing is left. */
  shrink(state: State): State | undefined
}

/** Compares one cause of evidence; declared once, in the list of `signals/index.ts`. */
export interface Comparator<State> {
  /** Name of its section, such as `network@1`: another meaning is another version. */
  readonly id: string
  readonly group: Group
  /** Absent where nothing of its own is learned. */
  readonly section?: Section<State>
  /** Instead of `section`: then `anchors` and `all` are one, and tell apart themselves. */
  readonly keeper?: Keeper<State>
  /** Whose section is read, where it is that of another comparator. */
  readonly reads?: string
  /**
   * @param anchors what is verified or has aged
   * @param all the same with the unverified added
   */
  compare(comparison: Comparison, anchors: State, all: State): readonly Finding[]
}

export const defineComparator = <State = undefined>(comparator: Comparator<State>): Comparator<State> =>
  comparator

/** Share of what is verified in the score of a comparator: a poisoned session moves the rest only (docs/engine.md). */
export const anchorShare = 0.5

export const blend = (anchors: number, all: number): number => anchorShare * anchors + (1 - anchorShare) * all
