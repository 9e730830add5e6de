import { element, showTime } from './dom.ts'

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly atMs: number
}

/** The code stands alone on its line, its digits perhaps in groups. */
const codeOf = (text: string): string | undefined =>
  /^(\d[\d ]{4,10}\d)$/m.exec(text)?.[1]?.replaceAll(' ', '')

function copyButton(code: string): HTMLButtonElement {
  const button = element(
    'button',
    { type: 'button', 'aria-label': `Copy the code ${code.split('').join(' ')}` },
    'Copy',
  )
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(code).then(
      () => {
        button.textContent = 'Copied'
      },
      () => {
        button.textContent = 'Select it'
      },
    )
  })
  return button
}

/** One captured mail: its code to copy, the whole text on demand. */
export function mailCard({ to, subject, text, atMs }: Mail): HTMLElement {
  const code = codeOf(text)
  return element(
    'li',
    { class: 'mail' },
    element('p', { class: 'meta' }, element('span', {}, to), element('time', {}, showTime(atMs))),
    element('p', { class: 'subject' }, subject),
    ...(code === undefined
      ? []
      : [element('p', { class: 'code' }, element('output', {}, code), copyButton(code))]),
    element('details', {}, element('summary', {}, 'The whole mail'), element('pre', {}, text)),
  )
}
