import type { Store } from '@newel/engine'
import type { MethodName } from '@newel/protocol'
import type { Collisions } from './collisions.ts'
import type { Lru } from './lru.ts'
import { ProblemError } from './problem.ts'
import type { Connection, Limits, Logger, Mailer, NetworkLookup } from './options.ts'
import type { Tally } from './tally.ts'
import type { Tenants } from './tenants.ts'

/** What every route works with. One per `createNewel`, immutable. */
export interface Services {
  readonly url: string
  readonly store: Store
  readonly tenants: Tenants
  readonly limits: Limits
  readonly mailer: Mailer | undefined
  readonly lookup: NetworkLookup | undefined
  readonly collisions: Collisions
  readonly tally: Tally
  readonly logger: Logger
  /** Visits whose silent allow stands as an event: no assessment of one writes it again. */
  readonly taught: Lru<string, true>
  /** Methods whose means are there: no mail codes without a mailer. */
  readonly usable: (method: MethodName) => boolean
}

/** One request on its way. One `nowMs`, passed on. */
export interface Call<Body = undefined> {
  readonly services: Services
  /** The store under this call's deadline. */
  readonly store: Store
  readonly request: Request
  readonly connection: Connection
  readonly nowMs: number
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly body: Body
  /** The body as it came, for its digest. */
  readonly text: string
  /** Work that the answer does not wait for; failures are logged. */
  readonly later: (name: string, work: Promise<unknown>) => void
}

/** A route's answer; `undefined` members are left out by JSON. */
export interface Answer {
  readonly status?: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * The same store, each of whose calls is refused once `deadlineMs` have passed and given up when they pass meanwhile. What a
 * database throws becomes `newel_unavailable`: a dependency that is down is never an answer.
 */
export function withDeadline(store: Store, deadlineMs: number): Store {
  const endsAt = performance.now() + deadlineMs
  const late = (): ProblemError =>
    new ProblemError(
      'newel_unavailable',
      { detail: 'the deadline has passed' },
      { headers: { 'retry-after': '1' } },
    )
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]): Promise<unknown> => {
        const left = endsAt - performance.now()
        if (left <= 0) throw late()
        let timer: ReturnType<typeof setTimeout> | undefined
        const timeout = new Promise<never>((_, reject) => {
          timer = setTimeout(() => {
            reject(late())
          }, left)
        })
        try {
          return await Promise.race([
            (member as (...all: unknown[]) => Promise<unknown>).apply(target, args),
            timeout,
          ])
        } catch (cause) {
          if (cause instanceof ProblemError) throw cause
          throw new ProblemError('newel_unavailable', {}, { headers: { 'retry-after': '1' }, cause })
        } finally {
          clearTimeout(timer)
        }
      }
    },
  })
}
