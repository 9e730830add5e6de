import type { ChallengeReference } from '@newel/protocol'
import { NewelError } from './errors.ts'
import { toReplayable, type Replayable } from './replayable.ts'
import { undeliverable, type Receipt, type Session } from './session.ts'
import { headers, problemCode } from './wire.ts'
import type { Turns } from './turns.ts'

export interface StepUpDependencies {
  readonly session: Session
  readonly turns: Turns
  /** Origins beside the page's own that get receipt, proof and token. */
  readonly protect: readonly string[]
  /** Shows the prompt; the token, or `undefined` when the page declined it. Throws a NewelError or the signal's reason. */
  readonly prompt: (challenge: ChallengeReference, signal: AbortSignal) => Promise<string | undefined>
}

/** The part of a problem document that a page acts on. */
interface Demand {
  readonly code: string
  readonly challenge?: ChallengeReference
}

const challengeId = /^chl_[0-9a-z]{38}$/

/** What a 401 asks for. The id goes into a path, so it has to look like one. */
async function demandOf(response: Response): Promise<Demand | undefined> {
  const type = response.headers.get('Content-Type') ?? ''
  if (response.status !== 401 || !type.startsWith('application/problem+json')) return undefined
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  const challenge = (body as { challenge?: ChallengeReference } | undefined)?.challenge
  const code = problemCode(body)
  return challenge !== undefined && challengeId.test(challenge.id) ? { code, challenge } : { code }
}

const maxEnded = 64
const isFinal = ({ code }: NewelError): boolean =>
  code === 'cancelled' || code === 'expired' || code === 'locked'

/** `fetch` that steps up: sends again, once, what the back end refused until the person had proven more. */
export function createStepUpFetch({ session, turns, protect, prompt }: StepUpDependencies): typeof fetch {
  /** Prompts passed so far; tells a waiting request whether its refusal may be out of date. */
  let passed = 0
  /** Challenges that nobody can answer any more: other requests that were refused with one are not asked again. */
  const ended = new Map<string, NewelError>()

  const remember = (id: string, error: NewelError): void => {
    ended.set(id, error)
    const [oldest] = ended.keys()
    if (ended.size > maxEnded && oldest !== undefined) ended.delete(oldest)
  }

  /**
   * Neither receipt, proof nor token may follow a redirect to another origin, and a page cannot look at a redirect before it
   * follows. In mode `same-origin` the browser itself stops there; other origins are not followed at all.
   */
  const guarded = (origin: string, redirect: RequestRedirect): RequestInit => {
    if (origin === location.origin) return { mode: 'same-origin' }
    return { redirect: redirect === 'manual' ? 'manual' : 'error' }
  }

  const send = async (
    request: Replayable,
    receipt: Receipt | undefined,
    { token, url }: { token?: string; url?: string | undefined } = {},
  ): Promise<Response> => {
    if (receipt === undefined) return fetch(request.build({}, url))
    const plain = request.build({}, url)
    const { origin } = new URL(plain.url)
    const named = new Headers(plain.headers)
    named.set(headers.receipt, receipt.value)
    named.set(headers.proof, await session.proof(token ?? receipt.value, origin))
    if (token !== undefined) named.set(headers.token, token)
    try {
      return await fetch(request.build({ headers: named, ...guarded(origin, request.redirect) }, url))
    } catch (error) {
      // What failed may be a redirect to another origin: a safe request is made again without anything of ours.
      if (!request.safe || request.redirect !== 'follow' || request.signal.aborted) throw error
      return fetch(plain)
    }
  }

  const stepUp = async (
    request: Replayable,
    receipt: Receipt,
    refused: Response,
    first: ChallengeReference,
    passedBefore: number,
    url: string | undefined,
  ): Promise<Response> => {
    let response = refused
    let challenge: ChallengeReference | undefined = first
    if (passed !== passedBefore) {
      // What the other prompt proved may serve this request too.
      response = await send(request, receipt, { url })
      challenge = (await demandOf(response))?.challenge
      if (challenge === undefined) return response
    }
    const known = ended.get(challenge.id)
    if (known !== undefined) throw new NewelError(known.code, known.message, { cause: known, response })
    let token: string | undefined
    try {
      token = await prompt(challenge, request.signal)
    } catch (error) {
      if (!(error instanceof NewelError)) throw error
      if (isFinal(error)) remember(challenge.id, error)
      throw new NewelError(error.code, error.message, { cause: error.cause, response })
    }
    if (token === undefined) return response
    passed++
    return send(request, receipt, { token, url })
  }

  const isGuarded = (url: string): boolean => {
    const { origin } = new URL(url)
    return origin === location.origin || protect.includes(origin)
  }

  return async (input, init) => {
    const target = new URL(typeof input === 'object' && 'url' in input ? input.url : input, document.baseURI)
    if (!isGuarded(target.href)) return fetch(input, init)

    const [request, soon] = await Promise.all([toReplayable(input, init), session.receiptSoon()])
    let receipt = soon
    let passedBefore = passed
    let response = await send(request, receipt)
    let demand = await demandOf(response)
    // After a redirect only the place it led to is asked again. For anything but a safe request that cannot be told.
    const repeatable = (): boolean => !response.redirected || (request.safe && isGuarded(response.url))
    const url = (): string | undefined => (response.redirected ? response.url : undefined)

    if (demand?.code === 'signals_required' && repeatable()) {
      const refused = response
      receipt = await session.renewed(receipt).catch((error: unknown) => {
        throw undeliverable(error, refused)
      })
      passedBefore = passed
      response = await send(request, receipt, { url: url() })
      demand = await demandOf(response)
    }
    const challenge = demand?.code === 'insufficient_user_authentication' ? demand.challenge : undefined
    if (challenge === undefined || receipt === undefined || !repeatable()) return response

    const proven = receipt
    const refused = response
    return turns.take(request.signal, () => stepUp(request, proven, refused, challenge, passedBefore, url()))
  }
}
