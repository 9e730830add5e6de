import { get } from './dom.ts'
import { errorText, refusalOf } from './newel.ts'

/** Says something in the status line of a form or card. */
export function say(root: ParentNode, text: string, tone: 'good' | 'bad' | 'plain' = 'plain'): void {
  const line = get('.message', root)
  line.textContent = text
  line.dataset.tone = tone
}

/** Runs one thing at a time in a form or card: its buttons rest meanwhile, and what goes wrong is said. */
export async function during(root: HTMLElement, run: () => Promise<void>): Promise<void> {
  if (root.ariaBusy === 'true') return
  root.ariaBusy = 'true'
  const buttons = [...root.querySelectorAll('button')]
  const focused = document.activeElement
  for (const button of buttons) button.disabled = true
  say(root, '')
  try {
    await run()
  } catch (error) {
    say(root, errorText(error), 'bad')
  } finally {
    root.ariaBusy = 'false'
    for (const button of buttons) button.disabled = false
    if (focused instanceof HTMLElement && focused.isConnected && document.activeElement === document.body)
      focused.focus()
  }
}

/** Handles a form: sends nothing while a field is empty, and points at it. */
export function onSubmit(
  form: HTMLFormElement,
  run: (values: Record<string, string>) => Promise<void>,
): void {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const empty = [...form.elements].find(
      (field): field is HTMLInputElement =>
        field instanceof HTMLInputElement && field.required && field.value.trim() === '',
    )
    if (empty) {
      say(form, `${empty.labels?.[0]?.textContent ?? 'This'} is needed.`, 'bad')
      empty.focus()
      return
    }
    const values: Record<string, string> = {}
    for (const [name, value] of new FormData(form)) if (typeof value === 'string') values[name] = value
    void during(form, () => run(values))
  })
}

/** Says why the back end refused; true when it did not. */
export async function accepted(root: ParentNode, response: Response): Promise<boolean> {
  if (!response.ok) say(root, await refusalOf(response), 'bad')
  return response.ok
}
