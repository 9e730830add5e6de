import { lognormal } from '../population/draw.ts'
import type { SeededRandom } from '../random.ts'
import { sessionsOfPeople, type PeopleOptions, type PersonSession } from './people.ts'

/** Key presses of one session as `newel evaluate free-text` reads them. */
export interface FreeTextSession extends PersonSession {
  /** Down and up in milliseconds, and the class of the key, in the order of going down. */
  readonly presses: readonly (readonly [number, number, 'left' | 'right' | 'space' | 'mark' | 'delete'])[]
}

export interface FreeTypistOptions extends PeopleOptions {
  /** Of each session; default 150. */
  readonly keys?: number
}

interface Hands {
  readonly holdMs: number
  readonly gapMs: number
  /** How much longer the same hand takes than the other. */
  readonly sameHand: number
  readonly space: number
  readonly jitter: number
  readonly errors: number
  readonly pauses: number
}

/** Spreads between people after Dhakal et al. (CHI 2018), by order of magnitude. */
const handsOf = (random: SeededRandom): Hands => ({
  holdMs: lognormal(random, 108, 0.2),
  gapMs: lognormal(random, 165, 0.32),
  sameHand: lognormal(random, 1.15, 0.1),
  space: lognormal(random, 1.05, 0.15),
  jitter: lognormal(random, 0.25, 0.2),
  errors: Math.min(0.2, lognormal(random, 0.05, 0.5)),
  pauses: Math.min(0.2, lognormal(random, 0.04, 0.5)),
})

/** The same hands on another day. */
const onThatDay = (hands: Hands, random: SeededRandom): Hands => ({
  ...hands,
  holdMs: lognormal(random, hands.holdMs, 0.07),
  gapMs: lognormal(random, hands.gapMs, 0.1),
})

function type(hands: Hands, keys: number, random: SeededRandom): FreeTextSession['presses'] {
  const presses: [number, number, FreeTextSession['presses'][number][2]][] = []
  let atMs = 1000
  let before = ''
  let letters = 0
  for (let i = 0; i < keys; i += 1) {
    const ends = letters > 2 && random.next() < 0.25
    const kind =
      random.next() < hands.errors ? 'delete' : ends ? 'space' : random.next() < 0.55 ? 'left' : 'right'
    letters = kind === 'space' ? 0 : letters + 1
    const pace = kind === before ? hands.sameHand : kind === 'space' ? hands.space : 1
    const pause = random.next() < hands.pauses ? lognormal(random, 900, 0.4) : 0
    if (i > 0) atMs += lognormal(random, hands.gapMs * pace, hands.jitter) + pause
    const downMs = Math.round(atMs)
    presses.push([downMs, downMs + Math.max(8, Math.round(lognormal(random, hands.holdMs, 0.2))), kind])
    before = kind
  }
  return presses
}

/** People who type whatever they type: made up, so that the machinery can be tested. They say nothing about people. */
export const makeFreeTypists = ({ keys = 150, ...people }: FreeTypistOptions): Generator<FreeTextSession> =>
  sessionsOfPeople(
    people,
    { prefix: 'f', stream: 1 },
    {
      person: handsOf,
      session: (hands, random) => ({ presses: type(onThatDay(hands, random), keys, random) }),
    },
  )
