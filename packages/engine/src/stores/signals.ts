import type { Lost, Won } from './lost.ts'
import type { UsedProof } from './rows.ts'

export interface EnvelopeRow {
  readonly tenant: string
  /** SHA-256 of the compact serialisation. Unique: the same envelope again is the same row. */
  readonly digest: string
  readonly jkt: string
  readonly visit: string
  /** JSON: parsed observations, connection facts, sdk, page, count of dropped. */
  readonly body: string
  /** JSON of the receipt's claims, so that the same envelope gets the same receipt. */
  readonly receipt: string
  readonly atMs: number
  readonly expiresAtMs: number
}

export interface SignalStore {
  /**
   * Stores an envelope and its one-use `jti`; for the same digest returns the row that stands. `lost` when the `jti` was
   * used by another envelope. Keeps the latest `keep` rows of the key.
   */
  recordEnvelope(
    envelope: EnvelopeRow,
    proof: UsedProof,
    keep: number,
  ): Promise<Won<{ readonly envelope: EnvelopeRow }> | Lost>
}
