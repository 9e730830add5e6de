export interface TenantRow {
  readonly tenant: string
  /** Rises with every change of what this row, its policy, model, background or keys say. */
  readonly revision: number
  /** JSON, opaque to the store. */
  readonly config: string
  readonly policyVersion: string
  /** JSON of the policy in force. */
  readonly policy: string
  readonly modelVersion: string
  readonly model: string
  readonly backgroundVersion: string
  readonly background: Uint8Array | undefined
  readonly keys: readonly KeyRow[]
}

export interface KeyRow {
  readonly tenant: string
  readonly purpose: 'signing' | 'secret'
  /** 0, 1, 2, …; the row is the only one of its tenant, purpose and epoch. */
  readonly epoch: number
  readonly kid: string
  /** AES-GCM under the master key. */
  readonly sealed: Uint8Array
  /** JSON of the public JWK, for `signing`. */
  readonly publicJwk: string | undefined
  readonly createdAtMs: number
  readonly signsFromMs: number
  /** From then on it neither signs nor verifies. */
  readonly retiredAtMs: number | undefined
}

export interface TenantStore {
  /** Revision of the tenant, to be asked with every request; `undefined` for an unknown one. */
  readTenantRevision(tenant: string): Promise<number | undefined>
  readTenant(tenant: string): Promise<TenantRow | undefined>
  listTenants(): Promise<readonly string[]>
  /**
   * Declares a tenant: inserts it, or writes config and policy where they differ from what is stored (one more
   * revision, and a new policy version kept beside the old ones). Declaring the same again changes nothing.
   */
  declareTenant(declaration: {
    readonly tenant: string
    readonly config: string
    readonly policyVersion: string
    readonly policy: string
    readonly nowMs: number
  }): Promise<void>
  /** Inserts a key unless its tenant, purpose and epoch exist; returns the row that stands. Raises the revision if inserted. */
  createKey(key: KeyRow): Promise<KeyRow>
  /** Ends the use of keys at a time (rotation). Raises the revision. */
  retireKeys(tenant: string, purpose: KeyRow['purpose'], belowEpoch: number, atMs: number): Promise<void>
}
