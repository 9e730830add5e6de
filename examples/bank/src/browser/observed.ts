import type { Observed } from '@newel/browser'
import { element } from './dom.ts'

const labels: Readonly<Record<string, string>> = {
  'typing@1': 'Typing of the password, times alone',
  'free-text@1': 'Typing elsewhere, in quantiles',
  'pointer@1': 'Pointer',
  'navigation@1': 'Pages and fields',
  'automation@1': 'What hands hardly do',
}

/** What the latest envelope of the customer's browser said of behaviour. */
export function observedView(observed: Observed): HTMLElement {
  const items = Object.entries(labels).flatMap(([name, label]) => {
    const found = observed[name]
    if (found === undefined) return []
    if (!('value' in found)) return [element('li', {}, `${label}: nothing (${found.absent})`)]
    const sent = element('pre', {}, JSON.stringify(found.value))
    return [element('li', {}, element('details', {}, element('summary', {}, label), sent))]
  })
  return items.length === 0
    ? element('p', { class: 'empty' }, 'Nothing yet.')
    : element('ul', { class: 'grants' }, ...items)
}
