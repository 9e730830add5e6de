/** One kind of value over all subjects. */
export interface BackgroundTier {
  /** Counts in all, at most one per subject, value and day. */
  readonly total: number
  /** Different values counted, listed or not. */
  readonly distinct: number
  /** Values that exist and were never counted: M of Freeman et al. At least 1. */
  readonly unseen: number
  /**
   * Of a snapshot that is of the world and of no one service: how often two subjects of a service show the same value, at
   * least. 0 to 1.
   */
  readonly alike?: number
  /** The most frequent values with their counts. */
  readonly values: Readonly<Record<string, number>>
}

export const backgroundTiers = [
  'country',
  'asn',
  'prefix',
  'address',
  'timezone',
  'system',
  'browser',
  'languages',
  'screen',
] as const
export type BackgroundTierName = (typeof backgroundTiers)[number]

/** The others' side of evidence: an immutable, numbered snapshot (design, section 4). */
export interface Background {
  readonly tiers: Readonly<Record<BackgroundTierName, BackgroundTier>>
  /** Counts by hour of the week, Monday 00:00 first, by the clocks of the subjects. 168 of them. */
  readonly hours: readonly number[]
}
