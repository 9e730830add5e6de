import { check, type CheckInput, type CheckOutcome } from './check.ts'
import type { ClientAddress } from './address.ts'
import { createCall, type NewelServer } from './client.ts'
import type { Core } from './core.ts'
import { GuardError } from './error.ts'
import { feedback, report, type Accepted, type Feedback, type ReportedEvent } from './events.ts'
import { consoleLogger, type Logger } from './logger.ts'
import { createOutageCounter, type Outage } from './outage.ts'
import {
  authenticators,
  enroll,
  putSubject,
  remove,
  type Authenticators,
  type Enroll,
  type Remove,
} from './subjects.ts'
import type { Subject } from '@newel/protocol'

export interface GuardOptions {
  /** Newel's public base with its path, or a Newel in this process: anything with `fetch`, such as `createNewel(…)`. */
  readonly server: NewelServer
  /** `sk_{tenant}_…`: names tenant and service. */
  readonly secretKey: string
  /**
   * Origin that pages send their requests to, such as `https://bank.example`, or `https://api.bank.example` where the page
   * has another one. Several where this back end is reached under several: a request whose `Origin` is one of these is
   * taken to be for that one, every other for the first. `Host` is never read. Sessions are hashed with the first.
   */
  readonly aud: string | readonly [string, ...string[]]
  /**
   * Where a request's address is found: `fromSocket()`, `fromForwarded({ hops })`, `fromHeader(name)`, or `'unknown'`.
   * There is no default, since a wrong one lets everybody choose an address.
   */
  readonly clientAddress: ClientAddress
  /** Default: the console. */
  readonly logger?: Logger
  /** Called when Newel answers again, with what `whenUnavailable: 'allow'` let through in the meantime. */
  readonly onUnchecked?: (outage: Outage) => void
}

export interface Guard {
  /**
   * Asks Newel about one request. The outcome of a refusal holds the response to send.
   * @throws GuardError for a mistake in the application or its set-up: wrong key, undeclared action, subject id with `@`
   */
  check(input: CheckInput): Promise<CheckOutcome>
  /**
   * Tells Newel what happened. An outage is an outcome and is logged; sign-ins can go on.
   * @throws GuardError for a mistake in the application or its set-up
   */
  report(event: ReportedEvent): Promise<Accepted>
  /**
   * Tells Newel how an assessment turned out to be.
   * @throws GuardError for a mistake in the application or its set-up
   */
  feedback(feedback: Feedback): Promise<Accepted>
  /**
   * Tells Newel how to reach a person, and since when the account is there. Members left out stay as they are.
   * @throws GuardError for a mistake in the application or its set-up
   */
  putSubject(subject: Subject): Promise<Accepted>
  /**
   * Opens an enrolment for the subject of a session. Returns the response to send on: `{ enrollment }`, or the answer
   * that `check` gives where a proof is needed first.
   * @throws GuardError for a mistake in the application or its set-up
   */
  enroll(input: Enroll): Promise<Response>
  /** Removes an authenticator, likewise; `{ removed: true }`. */
  remove(input: Remove): Promise<Response>
  /** What the subject has enrolled. */
  authenticators(subjectId: string): Promise<Authenticators>
  /** Where adapters write what they cannot throw. */
  readonly logger: Logger
}

function readAudiences(aud: GuardOptions['aud']): readonly [string, ...string[]] {
  // A variable of the environment that nobody set is neither.
  const [first, ...others] = Array.isArray(aud) ? (aud as readonly [string, ...string[]]) : [aud as string]
  for (const candidate of [first, ...others]) {
    if (!URL.canParse(candidate) || new URL(candidate).origin !== candidate) {
      throw new GuardError(
        'invalid_configuration',
        'aud: expected an origin without path, such as https://bank.example',
      )
    }
  }
  return [first, ...others]
}

/**
 * Protects routes by asking Newel (design, section 3). Does no I/O.
 * @throws GuardError where an option cannot be right
 */
export function createGuard(options: GuardOptions): Guard {
  const { clientAddress, logger = consoleLogger } = options
  if (!/^sk_[a-z0-9-]{1,32}_[A-Za-z0-9_-]{32,}$/.test(options.secretKey)) {
    throw new GuardError(
      'invalid_configuration',
      'secretKey: expected sk_{tenant}_ and at least 32 characters; pk_ keys are for pages',
    )
  }
  if (clientAddress !== 'unknown' && typeof clientAddress !== 'function') {
    throw new GuardError(
      'invalid_configuration',
      "clientAddress: expected fromSocket(), fromForwarded({ hops }), fromHeader(name) or 'unknown'",
    )
  }
  const outage = createOutageCounter(logger, options.onUnchecked)
  const call = createCall(options.server, options.secretKey)
  const core: Core = {
    async call(method, path, body) {
      const reply = await call(method, path, body)
      if (reply.answered) outage.settle()
      return reply
    },
    audiences: readAudiences(options.aud),
    clientAddress,
    logger,
    outage,
    onceActions: new Set(),
    hinted: new Set(),
    server: options.server instanceof URL ? options.server.origin : 'in this process',
  }
  return {
    check: (input) => check(core, input),
    report: (event) => report(core, event),
    feedback: (given) => feedback(core, given),
    putSubject: (subject) => putSubject(core, subject),
    enroll: (input) => enroll(core, input),
    remove: (input) => remove(core, input),
    authenticators: (subjectId) => authenticators(core, subjectId),
    logger,
  }
}
