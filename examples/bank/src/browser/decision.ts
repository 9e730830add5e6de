import { element, showTime } from './dom.ts'

export interface Decision {
  readonly id: string
  readonly atMs: number
  readonly action: string
  readonly subject?: string
  readonly device?: { readonly id: string; readonly ephemeral: boolean }
  readonly score: number
  readonly level: string
  readonly decision: 'allow' | 'challenge' | 'deny'
  readonly acr: string
  readonly reasons: readonly { readonly code: string; readonly text: string; readonly nats?: number }[]
}

const verdicts = { allow: 'Allowed', challenge: 'Asked for proof', deny: 'Denied' } as const
const levels = ['low', 'medium', 'high', 'critical']

/** A probability in per cent, in as many digits as say something. */
function percent(score: number): string {
  const value = score * 100
  if (value < 0.0001) return 'below 0.0001 %'
  return `${value >= 1 ? value.toFixed(0) : String(Number(value.toPrecision(1)))} %`
}

/** The four bands, the one of this decision filled. */
function meter(level: string): HTMLElement {
  return element(
    'span',
    { class: 'meter', 'aria-hidden': 'true' },
    ...levels.map((name) => element('i', name === level ? { class: name } : {})),
  )
}

function deviceText(device: Decision['device']): string {
  if (!device) return 'no device key'
  return `device ${device.id}${device.ephemeral ? ', key in memory only' : ''}`
}

/** Evidence in nats: towards somebody else with +, away from it with −. */
function weight(nats: number | undefined): readonly HTMLElement[] {
  const rounded = Math.abs(nats ?? 0).toFixed(1)
  if (nats === undefined || rounded === '0.0') return []
  const raises = nats > 0
  return [element('span', { class: raises ? 'raises' : 'calms' }, `${raises ? '+' : '−'}${rounded}`)]
}

/** What states, floors and policy say, and then the evidence, weightiest first. */
const decisiveFirst = (reasons: Decision['reasons']): Decision['reasons'] => {
  const rank = ({ nats }: Decision['reasons'][number]) => (nats === undefined ? -Infinity : -Math.abs(nats))
  return [...reasons].sort((a, b) => rank(a) - rank(b) || 0)
}

/** One decision: what was asked, what Newel said, how sure, and why. The latest one is open. */
export function decisionCard({
  atMs,
  action,
  device,
  score,
  level,
  decision,
  reasons,
}: Decision): HTMLElement {
  for (const older of document.querySelectorAll<HTMLDetailsElement>('.decision details[open]'))
    older.open = false
  const why = element(
    'details',
    { open: '' },
    element('summary', {}, 'Why'),
    element(
      'ul',
      { class: 'reasons' },
      ...decisiveFirst(reasons).map(({ text, nats }) =>
        element('li', {}, element('span', {}, text), ...weight(nats)),
      ),
    ),
  )
  return element(
    'li',
    { class: `decision ${decision}` },
    element(
      'p',
      { class: 'meta' },
      element('span', {}, deviceText(device)),
      element('time', {}, showTime(atMs)),
    ),
    element(
      'p',
      { class: 'subject' },
      element('code', {}, action),
      element('b', { class: 'verdict' }, verdicts[decision]),
    ),
    element('p', { class: 'risk' }, meter(level), element('span', {}, `${level}, score ${percent(score)}`)),
    why,
  )
}
