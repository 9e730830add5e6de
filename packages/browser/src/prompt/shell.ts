import { button, element } from './dom.ts'
import { applyStyles } from './styles.ts'
import type { Texts } from './texts.ts'

/** The dialog around a panel. */
export interface Shell {
  readonly host: HTMLElement
  /** What the page's own tree holds: password managers do not look into shadow roots. */
  readonly panel: HTMLElement
  /** Said by screen readers when they have finished; empty hides it. */
  status(text: string): void
  time(text: string): void
  /** Other ways to answer. */
  choices(buttons: readonly HTMLButtonElement[]): void
  cancelLabel(text: string): void
  close(): void
}

export interface ShellOptions {
  readonly title: string
  /** What is being confirmed, as the server words it. */
  readonly about: string
  readonly texts: Texts
  /** Escape, the button, or whatever else closed the dialog. */
  readonly onCancel: () => void
}

/** Opens the modal dialog. Closing gives the focus back to where it was. */
export function openShell({ title, about, texts, onCancel }: ShellOptions): Shell {
  const host = document.createElement('newel-prompt')
  host.lang = texts.lang
  host.dir = texts.dir
  const panel = element('div', { class: 'newel-panel' })
  const status = element('p', { part: 'status', role: 'status' })
  const methods = element('div', { part: 'methods' })
  // Not a live region: a clock that speaks every second helps nobody.
  const time = element('span', { part: 'time' })
  const cancel = button({ part: 'cancel' }, texts.cancel, onCancel)
  const dialog = element(
    'dialog',
    { part: 'dialog', 'aria-labelledby': 'title', 'aria-describedby': 'action' },
    element('h2', { id: 'title', part: 'title' }, title),
    element('p', { id: 'action', part: 'action' }, about),
    element('slot'),
    status,
    methods,
    element('footer', { part: 'footer' }, time, cancel),
  )
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault()
    onCancel()
  })
  // Browsers close a dialog at the second Escape in a row, prevented or not.
  dialog.addEventListener('close', onCancel)
  const root = host.attachShadow({ mode: 'open' })
  const undress = applyStyles(root)
  root.append(dialog)
  host.append(panel)
  document.body.append(host)
  dialog.showModal()
  return {
    host,
    panel,
    status: (text) => (status.textContent = text),
    time: (text) => (time.textContent = text),
    choices: (buttons) => methods.replaceChildren(...buttons),
    cancelLabel: (text) => (cancel.textContent = text),
    close() {
      dialog.removeEventListener('close', onCancel)
      dialog.close()
      host.remove()
      undress()
    },
  }
}
