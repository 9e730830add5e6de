/** Codes of errors that stores throw; hosts branch on them, never on text. */
export type StoreErrorCode =
  /** A caller's text holds U+0000 or half a surrogate pair. */
  | 'unstorable_text'
  /** The database was written by a later release that this one must not touch. */
  | 'schema_too_new'
  /** The file is a database of something else. */
  | 'foreign_database'
  /** Transactions got in each other's way twice in a row; the call may be repeated. */
  | 'contention'

/** What stores throw of their own; errors of a driver pass through as they are. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode
  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
