import type { ListHit, PlaceFacts, Store } from '@newel/engine'
import type { Policy } from '@newel/protocol'

/** Where an edge or a database places an address. */
export type ConnectionPlace = Omit<PlaceFacts, 'serverKm'>

/** What the host knows of the connection that carries a request to Newel. */
export interface Connection {
  /** Address of the peer, or what a configured number of trusted proxies says it is. Never from a header otherwise. */
  readonly address?: string | undefined
  /** What the edge knows of that address, such as Cloudflare's `request.cf`. */
  readonly asn?: number | undefined
  readonly country?: string | undefined
  readonly place?: ConnectionPlace | undefined
  readonly listed?: readonly ListHit[] | undefined
  /** Keeps the host alive for work after the answer, as Workers' `ctx.waitUntil`. */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined
}

/** One tenant, as declared by the operator. Declaring it again with other content is how it is changed. */
export interface TenantDeclaration {
  /** 1 to 32 lower-case letters, digits and hyphens; stands in keys and in the issuer. */
  readonly id: string
  /** Shown in mails, prompts and authenticator apps. */
  readonly name: string
  /** Exact origins of pages that may call the browser side. Also the origins that passkeys are accepted from. */
  readonly origins: readonly string[]
  /** WebAuthn RP ID. Default: host name of the first origin. */
  readonly rpId?: string
  /** `pk_{tenant}_` and at least 16 characters of base64url. Not a secret. */
  readonly publishableKey: string
  /** `sk_{tenant}_` and at least 32 characters of base64url; each is accepted. Stored as SHA-256 only. */
  readonly secretKeys: readonly string[]
  /** Default: `defaultPolicy` of the engine, with no actions of the application's own. */
  readonly policy?: Policy
  /** Hold of a replaced contact and of a new authenticator, in hours. Default 24. */
  readonly holdHours?: number
}

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** Delivers one mail, or throws; called inside the request that asks for a code. */
export interface Mailer {
  send(mail: Mail): Promise<void>
}

/** What the operator's database files and lists say of an address. */
export interface NetworkLookup {
  /** @param nowMs lists lose trust with their age */
  lookup(ip: string, nowMs: number): NetworkRecord | undefined
}

export interface NetworkRecord {
  readonly asn?: number
  /** ISO 3166-1 alpha-2. */
  readonly country?: string
  readonly place?: PlaceFacts
  /** Weightiest first; absent where there are no lists. */
  readonly listed?: readonly ListHit[]
}

/** Receives structured entries; never codes, keys, tokens or contacts. */
export interface Logger {
  log(
    level: 'info' | 'warn' | 'error',
    event: string,
    fields?: Readonly<Record<string, string | number | boolean>>,
  ): void
}

export interface NewelOptions {
  /**
   * Public base with path, such as `https://app.example/newel`. The only source of issuer, `htu` and links. `fetch` answers
   * with and without this path, so the host may strip it or not.
   */
  readonly url: string
  readonly store: Store
  /** 32 random bytes in base64url: seals keys and secrets at rest. */
  readonly masterKey: string
  readonly tenants: readonly TenantDeclaration[]
  /** Without one, mail codes are not offered. */
  readonly mailer?: Mailer
  readonly network?: NetworkLookup
  readonly limits?: Partial<Limits>
  /** Milliseconds since 1970; default `Date.now`. One reading per request. */
  readonly now?: () => number
  /** Default: the console. */
  readonly logger?: Logger
}

export interface Newel {
  /** Answers one request. `connection` is what the host knows of the peer. */
  fetch(request: Request, connection?: Connection): Promise<Response>
  /** All that is not an answer: counts that wait, outbox, folds, retention. Bounded and idempotent; safe on every server at once. */
  tick(nowMs?: number, budget?: TickBudget): Promise<TickReport>
}

export interface TickBudget {
  /** Messages, folds and deleted rows at most. Default 100. */
  readonly items?: number
}
export interface TickReport {
  readonly delivered: number
  readonly folded: number
  readonly purged: number
}

/** Limits, each with its default; `limitRanges` has what each may be, and anything else is refused when the server is created. */
export interface Limits {
  /** 65 536 bytes. */
  readonly bodyBytes: number
  /** 300 s, 600 at most; codes and passkeys. */
  readonly challengeSeconds: number
  /** 300 s, 600 at most. */
  readonly tokenSeconds: number
  /** 300 s, 600 at most. */
  readonly receiptSeconds: number
  /** 300 s, 600 at most. */
  readonly nonceSeconds: number
  /** ±60 s around the server's time for `iat` of proofs. */
  readonly clockToleranceSeconds: number
  /** 5 per challenge. */
  readonly attemptsPerChallenge: number
  /** 10 failures per authenticator in 15 minutes; 100 at most, in a day at most. */
  readonly attemptsPerWindow: number
  readonly attemptWindowSeconds: number
  /** 100 consecutive failures disable an authenticator until it is bound again. */
  readonly consecutiveFailures: number
  /** 3 codes per 10 minutes, to a subject and to a destination; 200 at most, in a day at most. */
  readonly sendsPerWindow: number
  readonly sendWindowSeconds: number
  /** 10 codes per day, likewise; 200 at most. */
  readonly sendsPerDay: number
  /** 30 s between two codes of one challenge. */
  readonly resendSeconds: number
  /**
   * 600 calls of `hello` and `signals` a minute from one IPv4 address or IPv6 /64, refilled evenly; more get 429 with
   * Retry-After. Each process counts for itself; a connection whose host names no address is not counted.
   */
  readonly signalsPerMinute: number
  /** 24 h: how long the first answer to an `op` is kept. */
  readonly opHours: number
  /** 7 days. */
  readonly envelopeDays: number
  /** 400 days. */
  readonly assessmentDays: number
  /** 120 days. */
  readonly eventDays: number
  /**
   * 64 calls of back ends in flight per process; signals are turned away when three quarters as many calls of any kind are.
   * More get 503 with Retry-After. Calls that finish something are never turned away for it.
   */
  readonly inFlight: number
  /** 2 500 ms for all round trips of one request. */
  readonly deadlineMs: number
}
