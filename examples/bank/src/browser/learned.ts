import { element, showTime } from './dom.ts'

export interface Learned {
  readonly state: string
  readonly grants: readonly {
    readonly device: string
    readonly method: string
    readonly acr: string
    readonly atMs: number
  }[]
}

const states: Readonly<Record<string, string>> = {
  new: 'The account was made in this session.',
  unseen: 'Nothing is known of this customer yet, so the first sign-in asks for a code.',
  enrolling: 'A few sessions are known; devices without a proof are still asked.',
  known: 'Enough is known to tell this customer from others.',
}

const methods: Readonly<Record<string, string>> = {
  email: 'a code by mail',
  totp: 'an authenticator app',
  passkey: 'a passkey',
  vouched: 'the word of the bank',
}

/** What Newel knows by now of the customer who is signed in. */
export function learnedView(learned: Learned | null): HTMLElement {
  if (!learned) return element('p', { class: 'empty' }, 'Sign in to see what is known of you.')
  return element(
    'div',
    {},
    element('p', {}, states[learned.state] ?? learned.state),
    element(
      'ul',
      { class: 'grants' },
      ...learned.grants.map(({ device, method, atMs }) =>
        element(
          'li',
          {},
          `Device ${device} was proven by ${methods[method] ?? method} at ${showTime(atMs)}.`,
        ),
      ),
    ),
  )
}
