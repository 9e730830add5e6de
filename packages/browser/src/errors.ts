/** Every way in which Newel can end a call, and whether the same call may work later. */
const retryableByCode = {
  /** The person closed the prompt. `response` is the original answer. */
  cancelled: true,
  /** The challenge or enrolment ran out of time, or is gone. */
  expired: true,
  /** Too many tries or codes; wait before the next. */
  rate_limited: true,
  /** No tries are left for this challenge. */
  locked: false,
  /** The account has no method that this challenge accepts. */
  no_method: false,
  /** This browser, or this page (not a secure context), cannot do it. */
  unsupported: false,
  /** Newel could not be reached, or failed. */
  network: true,
  /** Newel did not answer in time. */
  timeout: true,
  /** The envelope that the back end asks for could not be delivered: a content blocker, or no connection. */
  blocked: false,
  /** The back end or Newel refused for good. */
  denied: false,
  /** The body of the request is a one-shot stream; nothing was sent. */
  not_replayable: false,
  /** A mistake in the set-up: key, endpoint, origin list, or an answer that is not Newel's. */
  config: false,
} as const

export type NewelErrorCode = keyof typeof retryableByCode

export interface NewelErrorDetails {
  readonly cause?: unknown
  /** The answer of the back end that led here. */
  readonly response?: Response | undefined
}

/** What the SDK throws. Branch on `code`, never on the text. */
export class NewelError extends Error {
  readonly code: NewelErrorCode
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean
  /** Where the code is explained, relative to the project's root. */
  readonly docsUrl: string
  readonly response: Response | undefined

  constructor(code: NewelErrorCode, message: string, details: NewelErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.name = 'NewelError'
    this.code = code
    this.retryable = retryableByCode[code]
    this.docsUrl = `docs/errors.md#${code}`
    this.response = details.response
  }
}
