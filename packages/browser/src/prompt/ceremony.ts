import type { MethodName } from '@newel/protocol'
import { randomId } from '../bytes.ts'
import { NewelError } from '../errors.ts'
import { loadMethod, type AnyMethod, type Ceremony } from '../methods/index.ts'
import { errorOf, valueOf, type Answer } from '../wire.ts'
import type { PromptContext } from './context.ts'
import { button } from './dom.ts'
import { createPanel, type Panel } from './panel.ts'
import { openShell } from './shell.ts'
import { english, type Texts } from './texts.ts'

/** One challenge or one enrolment, as the dialog runs it. */
export interface Plan {
  /** Of the challenge or enrolment. */
  readonly id: string
  /** `/v1/challenges/{id}` or `/v1/enrollments/{id}`. */
  readonly path: string
  readonly title: (texts: Texts) => string
  readonly about: string
  /** First choice first; at least one. */
  readonly methods: readonly [MethodName, ...MethodName[]]
  readonly expiresAtMs: number
  readonly attemptsLeft: number
  startBody(method: MethodName): object
  verifyBody(method: MethodName, response: object): object
  show(module: AnyMethod, ceremony: Ceremony<unknown, object>, panel: Panel): Promise<void>
}

/** Texts for errors that leave the dialog usable. */
const textOf = (error: unknown, texts: Texts): string => {
  if (!(error instanceof NewelError)) return texts.failed
  if (error.code === 'rate_limited') return texts.rateLimited
  return error.code === 'network' || error.code === 'timeout' ? texts.network : texts.failed
}

const clockText = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

const loadTexts = async ({ texts }: PromptContext): Promise<Texts> => {
  try {
    return { ...english, ...(await texts()) }
  } catch {
    // A catalogue that does not load must not keep anybody from answering.
    return english
  }
}

/**
 * Shows the dialog until an answer is accepted; returns what `/verify` returned.
 * @throws NewelError `cancelled`, `expired`, `locked`; the reason of a signal that was aborted
 */
export async function runCeremony(plan: Plan, context: PromptContext): Promise<unknown> {
  const { transport, emit, signals } = context
  const { id } = plan
  const texts = await loadTexts(context)
  const offsetMs = (await transport.now()) - performance.now()
  const nowMs = (): number => performance.now() + offsetMs
  for (const signal of signals) signal.throwIfAborted()

  return new Promise((resolve, reject) => {
    let attemptsLeft = plan.attemptsLeft
    let view = new AbortController()
    let panel: Panel
    let busy = false
    /** Why nothing can be answered any more, while the dialog still says so. */
    let over: NewelError | undefined
    let tick: (() => void) | undefined
    const started = new Map<MethodName, object>()

    const call = <T>(step: string, body?: object): Promise<Answer<T>> =>
      transport.send<T>({
        method: body ? 'POST' : 'GET',
        path: plan.path + step,
        body: body && (() => body),
        dpop: true,
      })

    const finish = (settle: () => void): void => {
      clearInterval(timer)
      view.abort()
      for (const signal of signals) signal.removeEventListener('abort', stop)
      shell.close()
      settle()
    }
    const stop = (): void => {
      const reason = signals.find(({ aborted }) => aborted)?.reason as Error
      finish(() => reject(reason))
    }
    const cancel = (): void => {
      if (over === undefined) {
        // The person is done, whether or not Newel gets to hear of it.
        void call('/cancel', { op: randomId() }).catch(() => undefined)
        emit('newel:cancelled', { id }, shell.host)
      }
      const error = over ?? new NewelError('cancelled', 'The prompt was closed')
      finish(() => reject(error))
    }

    const setBusy = (value: boolean): void => {
      busy = value
      shell.panel.setAttribute('aria-busy', String(value))
    }

    const open = (): void => {
      view.abort()
      view = new AbortController()
      setBusy(false)
      tick = undefined
      shell.status('')
      panel = createPanel({
        shell,
        texts,
        signal: view.signal,
        nowMs,
        work,
        onTick: (callback) => (tick = callback),
      })
    }

    const end = (code: 'expired' | 'locked'): void => {
      over = new NewelError(code, code === 'expired' ? 'The time to answer is over' : 'No attempts are left')
      if (code === 'expired') emit('newel:expired', { id }, shell.host)
      else emit('newel:error', { id, code }, shell.host)
      open()
      clearInterval(timer)
      shell.time('')
      shell.choices([])
      shell.cancelLabel(texts.close)
      panel.fail(texts[code])
    }

    const work = (task: () => Promise<unknown>, done = ''): void => {
      if (busy || over) return
      const { signal } = view
      setBusy(true)
      panel.fail('')
      shell.status('')
      const failed = (error: unknown): void => {
        if (signal.aborted) return
        if (error instanceof NewelError && error.code === 'expired') {
          end(attemptsLeft > 0 ? 'expired' : 'locked')
          return
        }
        panel.fail(textOf(error, texts))
        emit(
          'newel:error',
          { id, code: error instanceof NewelError ? error.code : 'unsupported' },
          shell.host,
        )
      }
      task()
        .then(() => {
          if (!signal.aborted) shell.status(done)
        }, failed)
        .finally(() => {
          if (!signal.aborted) setBusy(false)
        })
    }

    const verify = async (method: MethodName, response: object): Promise<boolean> => {
      const answer = await call('/verify', plan.verifyBody(method, response))
      if (answer.ok) {
        emit('newel:verified', { id, method }, shell.host)
        finish(() => resolve(answer.value))
        return true
      }
      if (answer.code !== 'verification_failed') throw errorOf(answer)
      attemptsLeft -= 1
      const look = valueOf(await call<{ attempts_left: number }>(''))
      attemptsLeft = look.attempts_left
      emit('newel:failed', { id, method, attemptsLeft }, shell.host)
      if (attemptsLeft > 0) panel.fail(texts.wrong(attemptsLeft))
      else end('locked')
      return false
    }

    const show = (method: MethodName): void => {
      open()
      const others = plan.methods.filter((other) => other !== method)
      shell.choices(
        others.map((other) => button({ part: 'method' }, texts.useMethod[other], () => show(other))),
      )
      const ceremony: Ceremony<unknown, object> = {
        start: async () => started.get(method) ?? ceremony.restart(),
        async restart() {
          const answer = valueOf(await call<object>('/start', plan.startBody(method)))
          started.set(method, answer)
          if ('hint' in answer) emit('newel:challenge-sent', { id, method }, shell.host)
          return answer
        },
        verify: (response) => verify(method, response),
      }
      work(async () => {
        const mine = panel
        try {
          await plan.show(await loadMethod(method), ceremony, mine)
        } catch (error) {
          mine.offer(texts.retry, async () => show(method))
          throw error
        }
      })
    }

    const shell = openShell({ title: plan.title(texts), about: plan.about, texts, onCancel: () => cancel() })
    const pass = (): void => {
      const leftMs = plan.expiresAtMs - nowMs()
      if (leftMs <= 0) {
        end('expired')
        return
      }
      shell.time(texts.timeLeft(clockText(leftMs)))
      tick?.()
    }
    const timer = setInterval(pass, 1000)
    for (const signal of signals) signal.addEventListener('abort', stop)
    emit('newel:opened', { id }, shell.host)
    show(plan.methods[0])
    pass()
  })
}
