/** Opts a field in: its typing is observed, as timings alone. The value names the field, such as `password`. */
const optIn = 'data-newel-cadence'
/** Keeps a field, or everything inside an element, from being observed. */
const optOut = 'data-newel-private'

/** Autofill tokens (HTML, section 4.10.18.7) of secrets, codes and payment. */
const secret = /(?:^|\s)(?:(?:current|new)-password|one-time-code|cc-[a-z-]+|transaction-amount)(?=\s|$)/

export type Field =
  | { readonly element: HTMLElement; readonly kind: 'cadence'; readonly name: string }
  | { readonly element: HTMLElement; readonly kind: 'text' }

const types = new Set(['text', 'search', 'email', 'url', 'textarea'])

/** Codes and cards are often asked for in plain fields that bring up a keyboard of digits. */
const isPrivate = (element: HTMLInputElement | HTMLTextAreaElement): boolean =>
  !types.has(element.type) ||
  secret.test(element.autocomplete) ||
  /^(?:numeric|decimal|tel)$/.test(element.inputMode)

/**
 * The field that an event happened in, if it may be observed. Fields of type password, for codes, payment and numbers, and
 * those marked `data-newel-private`, are none, unless they carry `data-newel-cadence` themselves. Open shadow roots are
 * looked into; a closed one hides its fields.
 */
export function fieldOf(event: Event): Field | undefined {
  const path = event.composedPath()
  const [element] = path
  if (!(element instanceof HTMLElement)) return undefined
  const isInput = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement
  if (!isInput && !element.isContentEditable) return undefined
  const cadence = element.getAttribute(optIn)
  if (cadence !== null) {
    const name = /^[a-zA-Z0-9_.-]{1,32}$/.test(cadence) ? cadence : isInput ? element.type : 'text'
    return { element, kind: 'cadence', name }
  }
  if (path.some((each) => each instanceof Element && each.hasAttribute(optOut))) return undefined
  if (isInput && isPrivate(element)) return undefined
  return { element, kind: 'text' }
}

/** How many characters a field holds. That number is all that is ever read of its content. */
export const lengthOf = (element: HTMLElement): number =>
  (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement
    ? element.value
    : element.innerText
  ).length
