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

const percent = (score: number): string => {
  const value = score * 100
  return `${value >= 10 ? value.toFixed(0) : value >= 0.1 ? value.toFixed(1) : value >= 0.001 ? value.toFixed(3) : '< 0.001'} %`
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

/** One decision: what was asked, what Newel said, how sure, and why. */
export function decisionCard({
  atMs,
  action,
  device,
  score,
  level,
  decision,
  reasons,
}: Decision): HTMLElement {
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
    element('p', { class: 'risk' }, meter(level), element('span', {}, `${level} risk, ${percent(score)}`)),
    element(
      'ul',
      { class: 'reasons' },
      ...reasons.map(({ text, nats }) =>
        element(
          'li',
          {},
          element('span', {}, text),
          ...(nats === undefined || nats === 0
            ? []
            : [
                element(
                  'span',
                  { class: nats > 0 ? 'raises' : 'calms', title: 'Evidence in nats' },
                  `${nats > 0 ? '+' : '−'}${Math.abs(nats).toFixed(1)}`,
                ),
              ]),
        ),
      ),
    ),
  )
}
