import { refuse, type Refused } from './answers.ts'
import type { ClientAddress } from './address.ts'
import type { Call, Reply } from './client.ts'
import type { Logger } from './logger.ts'
import type { OutageCounter } from './outage.ts'

/** What the guard's parts share; made once by `createGuard`. */
export interface Core {
  readonly call: Call
  readonly audiences: readonly [string, ...string[]]
  readonly clientAddress: ClientAddress
  readonly logger: Logger
  readonly outage: OutageCounter
  /** Actions that Newel said are `once`: they never pass unchecked, whatever the application declared. */
  readonly onceActions: Set<string>
  /** Hints that the log has had. */
  readonly hinted: Set<string>
  /** Where Newel is, for the log. */
  readonly server: string
}

/** Newel did not answer, or nothing that makes sense. The policy lives where nobody answers, so this is never a 401. */
export function refuseUnanswered(core: Core, path: string, reply: Reply): Refused {
  const cause = reply.answered ? 'not_understood' : reply.cause
  core.logger.log('error', 'newel_unavailable', {
    server: core.server,
    path,
    cause,
    ...(reply.answered && { status: reply.status }),
  })
  return refuse('newel_unavailable')
}
