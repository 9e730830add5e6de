/**
 * - `invalid_configuration`: an option of the guard, or what the application passes to it, cannot be right.
 * - `refused_by_newel`: Newel understood the call and refuses it, as it refuses an unknown action or a wrong key.
 * - `body_consumed`: something read the request's body before the guard could.
 */
export type GuardErrorCode = 'invalid_configuration' | 'refused_by_newel' | 'body_consumed'

/**
 * A mistake in the application or its set-up; never something that a browser can bring about. The message says what to
 * do and carries no key, token or value of a request.
 */
export class GuardError extends Error {
  override readonly name = 'GuardError'
  readonly code: GuardErrorCode
  constructor(code: GuardErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
