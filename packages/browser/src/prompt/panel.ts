import { button, element } from './dom.ts'
import type { Shell } from './shell.ts'
import type { Texts } from './texts.ts'

/** What a method may show. */
export interface Panel {
  readonly texts: Texts
  /** Aborted when the panel gives way to another or the prompt ends. */
  readonly signal: AbortSignal
  /** Adds a paragraph, or whatever else, in order. */
  add(...nodes: (Node | string)[]): void
  /** One field for a code. `submit` says whether the code was accepted. */
  askCode(digits: number, submit: (code: string) => Promise<boolean>): void
  /** The one thing to press. */
  offer(label: string, act: () => Promise<unknown>): void
  /** Offers a new code from `atMs` on, of the server's clock; `send` returns when the next may be sent. */
  offerResend(atMs: number, send: () => Promise<number>): void
  /** Shown, and said at once. */
  fail(text: string): void
}

export interface PanelOptions {
  readonly shell: Shell
  readonly texts: Texts
  readonly signal: AbortSignal
  readonly nowMs: () => number
  /** Runs one thing at a time; contains and shows what goes wrong, and says `done` when nothing did. */
  readonly work: (task: () => Promise<unknown>, done?: string) => void
  /** Once a second. */
  readonly onTick: (tick: () => void) => void
}

/** What people type or paste: full-width digits, spaces, hyphens. */
const digitsOf = (text: string): string => text.normalize('NFKC').replaceAll(/\D/g, '')

/** Empties the shell's panel and fills it anew. */
export function createPanel({ shell, texts, signal, nowMs, work, onTick }: PanelOptions): Panel {
  const error = element('p', { class: 'newel-error', id: 'newel-error', role: 'alert' })
  shell.panel.replaceChildren(error)
  const add = (...nodes: Node[]): void => {
    if (!signal.aborted) shell.panel.append(...nodes)
  }
  const panel: Panel = {
    texts,
    signal,
    add: (...nodes) =>
      add(...nodes.map((node) => (typeof node === 'string' ? element('p', {}, node) : node))),
    fail: (text) => (error.textContent = text),
    offer(label, act) {
      const main = button({}, label, () => work(act))
      add(main)
      main.focus()
    },
    askCode(digits, submit) {
      const input = element('input', {
        id: 'newel-code',
        name: 'one-time-code',
        type: 'text',
        inputmode: 'numeric',
        autocomplete: 'one-time-code',
        autocapitalize: 'off',
        spellcheck: 'false',
        'aria-describedby': 'newel-error',
      })
      const form = element(
        'form',
        { novalidate: '' },
        element('label', { for: 'newel-code' }, texts.code),
        input,
        error,
        button({ type: 'submit' }, texts.submit),
      )
      const refuse = (): void => {
        input.setAttribute('aria-invalid', 'true')
        input.focus()
      }
      form.addEventListener('submit', (event) => {
        event.preventDefault()
        const code = digitsOf(input.value)
        if (code.length !== digits) {
          panel.fail(texts.codeLength(digits))
          refuse()
          return
        }
        work(async () => {
          if (await submit(code)) return
          input.value = ''
          refuse()
        })
      })
      input.addEventListener('input', () => input.removeAttribute('aria-invalid'))
      add(form)
      input.focus()
    },
    offerResend(atMs, send) {
      let nextMs = atMs
      const again = button({ class: 'newel-plain' }, '', () => {
        if (nowMs() < nextMs) return
        work(async () => {
          nextMs = await send()
          show()
        }, texts.resent)
      })
      const show = (): void => {
        const leftMs = nextMs - nowMs()
        again.textContent = leftMs > 0 ? texts.resendIn(Math.max(1, Math.round(leftMs / 1000))) : texts.resend
        again.setAttribute('aria-disabled', String(leftMs > 0))
      }
      show()
      onTick(show)
      add(again)
    },
  }
  return panel
}
