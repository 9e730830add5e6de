import type { AuthenticatorView, ChallengeReference, MethodName, PageSignalName } from '@newel/protocol'
import type { Observed } from './collect.ts'
import { NewelError } from './errors.ts'
import { createEvents, type EventName, type Handler } from './events.ts'
import type { PromptContext } from './prompt/context.ts'
import type { Texts } from './prompt/texts.ts'
import { createSession } from './session.ts'
import { createStepUpFetch } from './step-up-fetch.ts'
import { createTransport } from './transport.ts'
import { createTurns } from './turns.ts'
import { errorOf, problemCode } from './wire.ts'

export interface NewelClientOptions {
  /** The tenant's publishable key, `pk_…`. Not a secret. */
  readonly key: string
  /** Where Newel answers: a path of this origin, such as `/newel`, or an address, such as `https://newel.example/newel`. */
  readonly endpoint: string
  /** Origins of back ends beside the page's own that may ask for more, such as `https://api.example`. Default: none. */
  readonly protect?: readonly string[]
  /** Signals that the page does not give, such as `fingerprint`; the server hears that they were declined. Default: none. */
  readonly decline?: readonly PageSignalName[]
  /** Texts of the prompts in another language; asked for when a prompt first opens. Default: English. */
  readonly texts?: () => Partial<Texts> | Promise<Partial<Texts>>
}

export interface EnrollOptions {
  readonly method: MethodName
  /** The application's route that opens an enrolment: takes `{ method }`, answers `{ enrollment }`. */
  readonly url: string | URL
  /** What else that request carries, such as `credentials` for another origin, or an `Authorization` header. */
  readonly init?: Omit<RequestInit, 'method' | 'body'>
  /** Name for the list of the account's authenticators, up to 64 characters. */
  readonly label?: string
}

export interface NewelClient {
  /**
   * Sends what is observed, unless a receipt with a minute to live is held. Call it when the page has settled, so that the
   * first guarded request does not wait for it.
   * @throws NewelError
   */
  signals(): Promise<void>
  /**
   * `fetch`, which for the page's own origin and those in `protect` adds receipt and proof, opens a prompt when the back end
   * asks for more, and then sends the request once more.
   * @throws NewelError beside what `fetch` throws; `response` holds the back end's answer
   */
  fetch: typeof fetch
  /**
   * Adds an authenticator to the signed-in account.
   * @throws NewelError
   */
  enroll(options: EnrollOptions): Promise<AuthenticatorView>
  /** Ends the visit. Call it at sign-out: what was observed before must not stand for who signs in next. */
  reset(): void
  /** Hears an event of this client; returns how to stop hearing. */
  on<N extends EventName>(event: N, handler: Handler<N>): () => void
  /** What the latest envelope said, by signal and version; `undefined` before the first. */
  explain(): Observed | undefined
}

const misuse = (message: string): NewelError => new NewelError('config', message)

/** Checks what can be checked without a page, so that a client can be made while rendering on a server. */
function check({ key, endpoint, protect = [] }: NewelClientOptions): void {
  if (!key.startsWith('pk_')) throw misuse('`key` is the publishable key and starts with "pk_"')
  if (endpoint === '') throw misuse('`endpoint` says where Newel answers, such as "/newel"')
  for (const origin of protect) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw misuse('`protect` lists origins, such as "https://api.example", without a path')
    }
  }
}

/**
 * The client of one page. Makes no request and reads nothing from the page until it is used.
 * @throws NewelError `config`
 */
export function createNewelClient(options: NewelClientOptions): NewelClient {
  check(options)
  const { emit, on } = createEvents()
  const transport = createTransport(options.endpoint, options.key)
  const session = createSession(transport, options.decline ?? [])
  const turns = createTurns()
  /** Ends what the prompts show; a new one per visit. */
  let visit = new AbortController()

  const context = (signal?: AbortSignal): PromptContext => ({
    transport,
    emit,
    texts: options.texts ?? (() => ({})),
    signals: [visit.signal, ...(signal ? [signal] : [])],
  })

  /** Loaded when it is needed; a page that cannot load it is told like one that cannot reach Newel. */
  const loadPrompt = () =>
    import('./prompt/index.ts').catch((cause: unknown) => {
      throw new NewelError('network', 'The prompt could not be loaded', { cause })
    })

  const prompt = async (challenge: ChallengeReference, signal: AbortSignal): Promise<string | undefined> => {
    if (!emit('newel:required', { challenge })) return undefined
    const { answerChallenge } = await loadPrompt()
    return answerChallenge(challenge, context(signal))
  }

  const stepUpFetch = createStepUpFetch({ session, turns, protect: options.protect ?? [], prompt })

  return Object.freeze({
    async signals() {
      await session.receipt()
    },
    fetch: stepUpFetch,
    async enroll({ method, url, init, label }: EnrollOptions) {
      const named = new Headers(init?.headers)
      named.set('Content-Type', 'application/json')
      const response = await stepUpFetch(url, {
        ...init,
        method: 'POST',
        headers: named,
        body: JSON.stringify({ method }),
      })
      const body = (await response
        .clone()
        .json()
        .catch(() => undefined)) as { enrollment?: { id: string } } | undefined
      if (!response.ok) throw errorOf({ status: response.status, code: problemCode(body) }, response)
      const id = body?.enrollment?.id
      if (id === undefined || !/^enr_[0-9a-z]{38}$/.test(id)) {
        throw new NewelError('config', '`url` did not answer with `{ enrollment }`', { response })
      }
      return turns.take(undefined, async () => (await loadPrompt()).enroll({ id, label }, context()))
    },
    reset() {
      session.reset()
      visit.abort(new NewelError('cancelled', 'The visit has ended'))
      visit = new AbortController()
    },
    on,
    explain: session.observed,
  })
}
