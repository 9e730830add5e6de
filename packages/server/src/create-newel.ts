import { headers } from '@newel/protocol'
import { Hono } from 'hono'
import { checkedBase, matchedPath, routePath } from './base-path.ts'
import { parseBody, receiveBody } from './body.ts'
import { freshNonce, namedTenant } from './browser-calls.ts'
import { isBackEnd } from './calls.ts'
import { checkDeclaration, createTenants, isFilled } from './tenants.ts'
import { checkedLimits } from './limits.ts'
import { createGate, type Caller } from './gate.ts'
import { createCollisions } from './collisions.ts'
import { createLru } from './lru.ts'
import { readAddress } from './network.ts'
import type { Connection, Logger, Newel, NewelOptions, TickBudget } from './options.ts'
import { problemAnswer, ProblemError } from './problem.ts'
import { createRate } from './rate.ts'
import { handlers } from './routes/index.ts'
import { specs, type RouteName, type RouteSpec } from './routes/specs/index.ts'
import { tooMany } from './sending.ts'
import { withDeadline, type Answer, type Call, type Services } from './services.ts'
import { createTally } from './tally.ts'
import { tick } from './tick.ts'
import { decodeUntrustedKey } from './tokens/device-jws.ts'

interface Bindings {
  readonly connection: Connection
  readonly path: string
  /** Headers that the answer carries for the page that asked. */
  readonly cors: Readonly<Record<string, string>>
}

/** What a call has to pass before any work. */
interface Bounds {
  readonly gate: ReturnType<typeof createGate>
  /** Of `hello` and `signals`, by address. */
  readonly rate: ReturnType<typeof createRate>
  /** Told of a page's call whose address the host does not name. */
  readonly unaddressed: () => void
}

/** Where no logger is given: a server that cannot open its keys or send a mail must not fail in silence. */
const consoleLogger: Logger = {
  log: (level, event, fields = {}) => {
    globalThis.console[level](`newel: ${event}`, fields)
  },
}

/**
 * A Newel server as one `fetch`. Synchronous and without I/O: the schema, tenants and keys are seen to by the first request.
 * Throws a `TypeError` that says what to do where the options cannot work.
 */
export function createNewel(options: NewelOptions): Newel {
  const base = checkedBase(options.url)
  if (!/^[A-Za-z0-9_-]{43}$/.test(options.masterKey)) {
    throw new TypeError(
      'masterKey has to be 32 random bytes in base64url (43 characters); `newel keys generate` makes one',
    )
  }
  if (!isFilled(options.tenants)) throw new TypeError('tenants needs a list of at least one tenant')
  const declared = new Set<string>()
  for (const declaration of options.tenants) {
    checkDeclaration(declaration)
    if (declared.has(declaration.id)) throw new TypeError(`tenant "${declaration.id}" is declared twice`)
    declared.add(declaration.id)
  }

  const now = options.now ?? Date.now
  const limits = checkedLimits(options.limits)
  const { store, mailer } = options
  const services: Services = {
    url: base.href,
    store,
    tenants: createTenants({
      store,
      masterKey: options.masterKey,
      url: base.href,
      declarations: options.tenants,
      now,
    }),
    limits,
    mailer,
    lookup: options.network,
    collisions: createCollisions(),
    tally: createTally((tenant, marks, nowMs) => store.count(tenant, marks, nowMs)),
    logger: options.logger ?? consoleLogger,
    taught: createLru(4096),
    usable: (method) => method !== 'email' || mailer !== undefined,
  }
  const bounds: Bounds = {
    gate: createGate(limits.inFlight, options.tenants.length),
    rate: createRate(limits.signalsPerMinute),
    unaddressed: sayOnce(services.logger, 'address_unknown', {
      says: 'give fetch the address of the connection, newel.fetch(request, { address }): without it all visitors share one limit and no network is evidence',
    }),
  }
  const origins = new Set(options.tenants.flatMap((tenant) => tenant.origins))
  const app = createRouter(services, bounds, now)

  return {
    async fetch(request, connection = {}) {
      const path = routePath(new URL(request.url).pathname, base.path)
      const from = request.headers.get('origin')
      const cors: Record<string, string> =
        from !== null && origins.has(from) ? corsHeaders(from) : { vary: 'Origin' }
      if (request.method === 'OPTIONS' && request.headers.has('access-control-request-method')) {
        return new Response(null, {
          status: 204,
          headers: { ...cors, ...(from !== null && origins.has(from) && preflight) },
        })
      }
      return app.fetch(request, { connection, path, cors } satisfies Bindings)
    },
    tick: async (nowMs: number = now(), budget: TickBudget = {}) => {
      await services.tenants.ready()
      return tick(services, nowMs, budget)
    },
  }
}

const corsHeaders = (from: string): Record<string, string> => ({
  'access-control-allow-origin': from,
  'access-control-expose-headers': `${headers.dpopNonce}, ${headers.time}, Retry-After`,
  vary: 'Origin',
})
const preflight = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': `content-type, ${headers.key}, ${headers.dpop}`.toLowerCase(),
  'access-control-max-age': '600',
}

function createRouter(services: Services, bounds: Bounds, now: () => number): Hono<{ Bindings: Bindings }> {
  // The request stays as the host made it: wrapping it in another would copy it, body and all.
  const pathOf = (_request: Request, options?: { env?: Bindings }): string =>
    matchedPath(options?.env?.path ?? '')
  const app = new Hono<{ Bindings: Bindings }>({ getPath: pathOf })
  for (const name of Object.keys(specs) as RouteName[]) {
    const spec: RouteSpec = specs[name]
    app.on(spec.method, spec.path, (c) =>
      answer(services, bounds, name, c.req.raw, c.env, c.req.param() as Record<string, string>, now()),
    )
  }
  // A router of its own for wrong methods: where two handlers match, a call goes through a chain of both.
  const others = new Hono<{ Bindings: Bindings }>({ getPath: pathOf })
  for (const path of new Set(Object.values(specs).map((spec) => spec.path)))
    others.all(path, (c) => respond(problemAnswer(new ProblemError('method_not_allowed')), c.env.cors))
  others.notFound((c) => respond(problemAnswer(new ProblemError('not_found')), c.env.cors))
  app.notFound((c) => others.fetch(c.req.raw, c.env))
  return app
}

async function answer(
  services: Services,
  { gate, rate, unaddressed }: Bounds,
  name: RouteName,
  request: Request,
  { connection, path, cors }: Bindings,
  params: Record<string, string>,
  nowMs: number,
): Promise<Response> {
  const spec: RouteSpec = specs[name]
  const always = spec.side === 'browser' ? { ...cors, [headers.time]: String(nowMs) } : cors
  const later = (label: string, work: Promise<unknown>): void => {
    const contained = work.catch((error: unknown) => {
      services.logger.log('error', 'later_failed', { work: label, message: messageOf(error) })
    })
    connection.waitUntil?.(contained)
  }
  const store = withDeadline(services.store, services.limits.deadlineMs)
  const empty: Call = {
    services,
    store,
    request,
    connection,
    nowMs,
    path,
    params,
    body: undefined,
    text: '',
    later,
  }
  const address = readAddress(connection.address)
  if (address === undefined && spec.side === 'browser') unaddressed()
  // Before the body: who sends too much is not listened to.
  if (spec.shed === 'signals') {
    const untilMs = address
      ? rate.take(address.subscriber, nowMs)
      : rate.take('unknown', nowMs, unknownShares)
    if (untilMs !== undefined) return respond(problemAnswer(tooMany(nowMs, untilMs)), always)
  }
  // Before the gate: whoever sends a body slowly holds a connection, which is the host's to bound, and no place in the work.
  let text = ''
  try {
    if (spec.body !== undefined) text = await receiveBody(request, services.limits.bodyBytes)
  } catch (error) {
    return respond(problemAnswer(toProblem(services, name, error)), always)
  }
  const entered =
    spec.side === 'public'
      ? undefined
      : gate.enter(spec.shed, await callerOf(services, spec, request, address))
  if (entered !== undefined && 'refused' in entered) {
    const code = entered.refused === 'address' ? 'too_many_requests' : 'newel_unavailable'
    return respond(problemAnswer(new ProblemError(code, {}, { headers: { 'retry-after': '1' } })), always)
  }
  try {
    if (name !== 'livez') await ready(services)
    // Text that no database holds (NUL) names nothing.
    if (Object.values(params).some((value) => value.includes('\0'))) throw new ProblemError('not_found')
    const body = spec.body === undefined ? undefined : parseBody(text, spec.body)
    // The schema of the route's own spec has read the body, so that it is what its handler takes.
    const handler = handlers[name] as (call: Call<unknown>) => Promise<Answer>
    return respond(await handler({ ...empty, body, text }), always)
  } catch (error) {
    const problem = toProblem(services, name, error)
    const nonce = spec.side === 'browser' ? await nonceFor(empty, problem) : {}
    return respond(problemAnswer(problem), { ...always, ...nonce })
  } finally {
    entered?.leave()
  }
}

/** What a set-up lacks is said by its first request and by no other. */
function sayOnce(logger: Logger, event: string, fields: Readonly<Record<string, string>>): () => void {
  let said = false
  return () => {
    if (!said) logger.log('warn', event, fields)
    said = true
  }
}

/** How many addresses those have together whose address the host does not name. */
const unknownShares = 16

/** Tenant and kind of whoever calls, for the gate alone. */
async function callerOf(
  services: Services,
  { side }: RouteSpec,
  request: Request,
  address: Caller['address'],
): Promise<Caller> {
  const key = side === 'browser' ? request.headers.get(headers.key) : request.headers.get('authorization')
  const tenant = /^(?:Bearer )?[ps]k_([a-z0-9-]{1,32})_/i.exec(key ?? '')?.[1] ?? ''
  return { side, tenant, known: side === 'back_end' && (await isBackEnd(services, request)), address }
}

async function ready(services: Services): Promise<void> {
  try {
    await services.tenants.ready()
  } catch (cause) {
    throw new ProblemError('newel_unavailable', {}, { headers: { 'retry-after': '1' }, cause })
  }
}

/** Errors bring a nonce too, for the key that the call names: the SDK need not ask again. */
async function nonceFor(call: Call, problem: ProblemError): Promise<Record<string, string>> {
  if (problem.headers[headers.dpopNonce] !== undefined) return {}
  try {
    const jkt = await decodeUntrustedKey(call.request.headers.get(headers.dpop) ?? '')
    const tenant =
      jkt === undefined ? undefined : await call.services.tenants.current(namedTenant(call), call.store)
    return jkt === undefined || tenant === undefined
      ? {}
      : { [headers.dpopNonce]: await freshNonce(call, tenant, jkt) }
  } catch {
    return {}
  }
}

function toProblem(services: Services, route: string, error: unknown): ProblemError {
  const problem =
    error instanceof ProblemError ? error : new ProblemError('internal_error', {}, { cause: error })
  if (problem.code === 'internal_error' || problem.code === 'newel_unavailable') {
    services.logger.log('error', problem.code, { route, message: messageOf(problem.cause) })
  }
  return problem
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : 'no error object'

/** All headers at once and as plain strings: hosts write such an answer out without building its headers first. */
function respond(
  { status = 200, body, headers: own = {} }: Answer,
  always: Readonly<Record<string, string>>,
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': status >= 400 ? 'application/problem+json' : 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      ...always,
      ...own,
    },
  })
}
