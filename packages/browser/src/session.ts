import type {
  EnvelopeClaims,
  PageSignalName,
  ProofClaims,
  SignalsRequest,
  SignalsResponse,
} from '@newel/protocol'
import { randomId, sha256 } from './bytes.ts'
import type { Observed } from './collect.ts'
import { NewelError } from './errors.ts'
import { signJws, types } from './jws.ts'
import type { Observer } from './signals/index.ts'
import type { Transport } from './transport.ts'
import { version } from './version.ts'
import { createVisit } from './visit.ts'
import { valueOf } from './wire.ts'

/** The countersigned proof that an envelope arrived. */
export interface Receipt {
  readonly value: string
  readonly expiresAtMs: number
  readonly visit: string
}

export interface Session {
  /** A receipt with a minute to live, of the current visit; sends an envelope if there is none. */
  receipt(): Promise<Receipt>
  /** The same for a request that must not wait long or fail for it: `undefined` where there is none soon. */
  receiptSoon(): Promise<Receipt | undefined>
  /** A receipt other than `refused`, which a back end would not take. */
  renewed(refused: Receipt | undefined): Promise<Receipt>
  /** Proof of possession for the back end at an origin, over the receipt or, on the repeat, the token. */
  proof(over: string, aud: string): Promise<string>
  /** What the latest envelope said. */
  readonly observed: () => Observed | undefined
  /** Ends the visit: the next envelope starts another. */
  reset(): void
}

const renewBeforeMs = 60_000
const patienceMs = 3000
const pauseMs = 30_000

/** Loaded when they are first needed. Without them every signal is absent, and the key still speaks. */
const loadObserver = async (declined: readonly PageSignalName[], visit: () => string): Promise<Observer> => {
  try {
    return (await import('./signals/index.ts')).createObserver(declined, visit)
  } catch {
    return {
      observe: (wanted) =>
        Promise.resolve(Object.fromEntries(wanted.map((name) => [name, { absent: 'blocked' }]))),
      fresh: () => false,
      reset: () => undefined,
    }
  }
}

export function createSession(transport: Transport, declined: readonly PageSignalName[]): Session {
  const visit = createVisit()
  let held: Receipt | undefined
  let sending: { readonly visit: string; readonly receipt: Promise<Receipt> } | undefined
  let observed: Observed | undefined
  let observer: Observer | undefined
  /** By `performance.now()`: after a failure, requests do not wait for another try until then. */
  let pausedUntil = 0

  const sendEnvelope = async (current: string): Promise<Receipt> => {
    const [device, greeting, loaded] = await Promise.all([
      transport.device(),
      transport.greet(),
      observer ?? loadObserver(declined, () => visit.current()),
    ])
    observer ??= loaded
    const [observations] = await Promise.all([
      observer.observe(transport.wanted(), device),
      // Only a measurement: the envelope travels without it as well.
      greeting && transport.echo(greeting).catch(() => undefined),
    ])
    const claims: Omit<EnvelopeClaims, 'nonce' | 'iat'> = {
      v: 1,
      jti: randomId(),
      visit: current,
      sdk: `newel/${version}`,
      page: location.pathname.slice(0, 512),
      observations,
    }
    let last: { readonly nonce: string; readonly envelope: string } | undefined
    const body = async (nonce: string): Promise<SignalsRequest> => {
      if (last?.nonce !== nonce) {
        const iat = Math.floor((await transport.now()) / 1000)
        last = { nonce, envelope: await signJws(device, types.envelope, { ...claims, nonce, iat }) }
      }
      return { envelope: last.envelope }
    }
    const answer = valueOf(
      await transport.send<SignalsResponse>({ method: 'POST', path: '/v1/signals', body }),
    )
    observed = observations
    return { value: answer.receipt, expiresAtMs: answer.expires_at_ms, visit: current }
  }

  const send = (current: string): Promise<Receipt> => {
    if (sending?.visit === current) return sending.receipt
    const receipt = sendEnvelope(current)
      .then((fresh) => {
        if (visit.current() === current) held = fresh
        pausedUntil = 0
        return fresh
      })
      .catch((error: unknown) => {
        pausedUntil = performance.now() + pauseMs
        throw error
      })
      .finally(() => {
        if (sending?.receipt === receipt) sending = undefined
      })
    sending = { visit: current, receipt }
    return receipt
  }

  const usable = async (marginMs: number): Promise<Receipt | undefined> =>
    held?.visit === visit.current() &&
    // What a person just did is what the next decision is about.
    !(marginMs > 0 && observer?.fresh()) &&
    held.expiresAtMs - (await transport.now()) > marginMs
      ? held
      : undefined

  const session: Session = {
    async receipt() {
      return (await usable(renewBeforeMs)) ?? send(visit.current())
    },
    async receiptSoon() {
      let timer: ReturnType<typeof setTimeout> | undefined
      const patience = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), patienceMs)
      })
      const sent = performance.now() < pausedUntil ? usable(0) : session.receipt().catch(() => usable(0))
      const found = await Promise.race([sent.catch(() => undefined), patience])
      clearTimeout(timer)
      return found
    },
    async renewed(refused) {
      if (held !== undefined && held === refused) held = undefined
      return session.receipt()
    },
    async proof(over, aud) {
      const iat = Math.floor((await transport.now()) / 1000)
      const claims: ProofClaims = { aud, iat, jti: randomId(), ath: await sha256(over) }
      return signJws(await transport.device(), types.proof, claims)
    },
    observed: () => observed,
    reset() {
      visit.renew()
      observer?.reset()
      held = undefined
      observed = undefined
    },
  }
  return session
}

/** What a back end that insists on signals gets to hear when none could be delivered. */
export const undeliverable = (error: unknown, response: Response): NewelError =>
  error instanceof NewelError && error.code !== 'network' && error.code !== 'timeout'
    ? new NewelError(error.code, error.message, { cause: error, response })
    : new NewelError('blocked', 'The signals that the server asks for could not be delivered', {
        cause: error,
        response,
      })
