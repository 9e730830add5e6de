import type * as engine from '@newel/engine'
import { at, createAccount, dayMs, fold, hourMs, laptop, startMs, visit, withPasskey } from '../account.ts'
import { near } from '../doings.ts'
import { typedText } from '../typist.ts'

/** Of two people. */
const rhythms = [
  [95, 130, 170, 140, 130, 170, 250, 40, 18],
  [150, 230, 340, 320, 300, 330, 20, 120, 6],
]
const hands = [
  [450, 500, 210, 960, 12, 25, 180, 85],
  [900, 240, 320, 700, 60, 80, 500, 140],
]

/** What a person (0 or 1) does in a visit: types, moves, and walks from page to page. */
export const doings = (person: number, repetition: number): engine.BehaviourFacts => ({
  source: 1000 * person + repetition,
  typing: { sinceMs: 0, fields: [typedText(1 + person, repetition)] },
  freeText: { keys: 120, resolutionUs: 1000, values: near(rhythms[person]!, repetition) },
  pointer: { pointer: 'mouse', strokes: 20, values: near(hands[person]!, repetition) },
  navigation: {
    pages: [11, 4000 + 90 * repetition, 10 + 2 * person, 9000, 13, 2000],
    fields: [21, 900, 20 + 2 * person, 1200],
    pasted: 0,
    returns: 0,
    absences: 0,
    flurries: 0,
  },
  automation: [40, 0, 0, 1, 6, 1, 0, 0, 0, 0, 0],
})

const watched = (nowMs: number, behaviour: engine.BehaviourFacts): engine.Facts => {
  const facts = at(laptop(), nowMs)
  return {
    ...facts,
    network: { ...facts.network, roundTripMs: 20 },
    session: { idleMinutes: 60, others: 0 },
    behaviour: {
      ...behaviour,
      ...(behaviour.typing && { typing: { ...behaviour.typing, sinceMs: nowMs } }),
    },
  }
}

/** Somebody who was watched on so many days, and proved each visit. */
export function watchedFor(days: number) {
  const account = createAccount(withPasskey)
  for (let day = 0; day < days; day += 1) {
    const facts = watched(startMs + day * dayMs, doings(0, day))
    visit(account, facts, 'passkey', { require: { acr: 'phr' } })
    fold(account, facts.nowMs)
  }
  return { account, nowMs: startMs + days * dayMs }
}

/** What is asked of such an account then. */
export const visits = (nowMs: number): readonly (readonly [name: string, facts: engine.Facts])[] => {
  const own = watched(nowMs, doings(0, 12))
  const other = watched(nowMs + 5 * hourMs, doings(1, 0))
  return [
    ['the same hands', own],
    [
      'other hands, a relay, another clock, an older browser',
      {
        ...other,
        network: { ...other.network, sameAddress: false, roundTripMs: 300 },
        client: { ...other.client, timezone: 'Europe/Berlin', offsetMinutes: 60, browserMajor: 130 },
        session: { idleMinutes: 5000, others: 0 },
      },
    ],
    [
      'a program that repeats what it saw, a month later',
      {
        ...watched(nowMs + 30 * dayMs, {
          ...doings(0, 11),
          source: 7,
          automation: [20, 20, 19, 18, 4, 4, 4, 4, 40, 0, 3],
        }),
        client: { ...own.client, webdriver: true, contradicts: true },
      },
    ],
  ]
}
