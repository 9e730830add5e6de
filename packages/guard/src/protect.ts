import type { Subject, ParamValue } from '@newel/protocol'
import { refuse } from './answers.ts'
import { defaultMaxBodyBytes, readFields, type Body, type BodyResult } from './body.ts'
import type { Allowed, Require, WhenUnavailable } from './check.ts'
import { GuardError } from './error.ts'
import type { Guard } from './guard.ts'
import type { GuardRequest } from './request.ts'

type Awaitable<T> = T | Promise<T>

/** What a route's params are taken from, as the guard parsed it. */
export interface Input {
  /** Members of a JSON object, or fields of a form; empty without a body. */
  readonly body: Body
  /** Fields of the query; one that is given several times is an array. */
  readonly query: Body
}

/** How one route is protected. `Context` is what the framework hands to a handler. */
export type Protection<Context, Values extends object> = {
  /** As the policy declares it. */
  readonly action: string
  /**
   * Values of the declared params. Only with this is the body read: a JSON object or a form. Default: no params.
   * The handler acts on what this returned.
   */
  readonly params?: (input: Input, context: Context) => Awaitable<Values>
  /** Who asks; `undefined` before the account is known. */
  readonly subject?: (context: Context) => Awaitable<Subject | undefined>
  /** Any string stable for one login; `undefined` before a session exists. */
  readonly session?: (context: Context) => Awaitable<string | undefined>
  readonly require?: Require
  /** Longest body that is read, in bytes. Default 65 536. */
  readonly maxBodyBytes?: number
} & WhenUnavailable

/** Values that were not narrowed before are what the wire allows. */
export type Hashed<Values extends object> = {
  readonly [K in keyof Values]: unknown extends Values[K] ? ParamValue : Values[K]
}

/** What a handler behind the guard gets. */
export interface Guarded<Values extends object = Record<string, ParamValue>> {
  /** What was hashed and allowed. Act on these, and on no other reading of the request. */
  readonly params: Hashed<Values>
  readonly outcome: Allowed
}

/** What an adapter knows of a request. */
export interface Incoming {
  readonly request: GuardRequest
  readonly query: URLSearchParams
  /** Reads the body once, up to so many bytes. */
  readonly readBody: (maxBytes: number) => Promise<BodyResult>
}

export type ProtectResult<Values extends object> =
  | { readonly ok: true; readonly guarded: Guarded<Values> }
  | { readonly ok: false; readonly response: Response }

/** What the adapters share: all of it but reading from, and answering to, their framework. */
export async function protectRequest<Context, Values extends object>(
  guard: Guard,
  protection: Protection<Context, Values>,
  context: Context,
  incoming: Incoming,
): Promise<ProtectResult<Values>> {
  const {
    action,
    params: readParams,
    subject,
    session,
    require,
    maxBodyBytes = defaultMaxBodyBytes,
  } = protection
  try {
    let params: object = {}
    if (readParams !== undefined) {
      const read = await incoming.readBody(maxBodyBytes)
      if (!read.ok) return read
      params = await readParams({ body: read.body, query: readFields(incoming.query) }, context)
    }
    const availability = {
      whenUnavailable: protection.whenUnavailable,
      once: protection.once,
    } as WhenUnavailable
    const outcome = await guard.check({
      action,
      params: params as Readonly<Record<string, unknown>>,
      subject: await subject?.(context),
      session: await session?.(context),
      request: incoming.request,
      require,
      ...availability,
    })
    if (!outcome.ok) return outcome
    return { ok: true, guarded: { params: outcome.params as Hashed<Values>, outcome } }
  } catch (error) {
    if (!(error instanceof GuardError)) throw error
    // Frameworks may show an error to the browser; this one is for the operator.
    guard.logger.log('error', 'guard_misused', { action, code: error.code, message: error.message })
    return refuse('internal_error')
  }
}
