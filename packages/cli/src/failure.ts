/** Something a person can put right: the command prints `message` and what to do, without a stack, and exits with 1. */
export class Failure extends Error {
  override readonly name = 'Failure'
  /** One line each: what is wrong where, or what to do next. */
  readonly lines: readonly string[]

  constructor(message: string, lines: readonly string[] = [], cause?: unknown) {
    super(message, { cause })
    this.lines = lines
  }
}

/** What a failure, or any other error, says to the person at the terminal. */
export function explain(error: unknown): string {
  if (error instanceof Failure) return [error.message, ...error.lines.map((line) => `  ${line}`)].join('\n')
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** The message of an error that another library threw; its code where that is all it has. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // A refused connection to a name with several addresses comes as an AggregateError without a message.
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0])
  return error.message || ('code' in error ? String(error.code) : error.name)
}
