import { lognormal, normal } from '../population/draw.ts'
import type { SeededRandom } from '../random.ts'
import { sessionsOfPeople, type PeopleOptions, type PersonSession } from './people.ts'

/** Movements of one session as `newel evaluate pointer` reads them. */
export interface PointerSession extends PersonSession {
  readonly pointer: 'mouse' | 'touch' | 'pen'
  /** Milliseconds, x and y in CSS pixels, and what happened. */
  readonly events: readonly (readonly [number, number, number, 'move' | 'down' | 'up'])[]
}

export interface PointerOptions extends PeopleOptions {
  /** Of each session; default 12. */
  readonly strokes?: number
}

interface Hand {
  /** Pixels a millisecond. */
  readonly speed: number
  /** Bow of the way, as a share of its length. */
  readonly bow: number
  /** Pixels. */
  readonly tremor: number
  readonly restMs: number
  readonly pressMs: number
}

const handOf = (random: SeededRandom): Hand => ({
  speed: lognormal(random, 0.55, 0.4),
  bow: lognormal(random, 0.06, 0.5),
  tremor: lognormal(random, 0.7, 0.5),
  restMs: lognormal(random, 180, 0.5),
  pressMs: lognormal(random, 92, 0.3),
})

/** Share of the way after a share of the time: least jerk (Flash and Hogan, J. Neurosci. 5, 1985). */
const leastJerk = (t: number): number => t * t * t * (10 - 15 * t + 6 * t * t)

function move(hand: Hand, strokes: number, random: SeededRandom): PointerSession['events'] {
  const events: [number, number, number, 'move' | 'down' | 'up'][] = []
  const tenth = (value: number): number => Math.round(value * 10) / 10
  let [x, y] = [400, 300]
  let atMs = 500
  for (let stroke = 0; stroke < strokes; stroke += 1) {
    const toX = 20 + random.next() * 1200
    const toY = 20 + random.next() * 700
    const length = Math.max(60, Math.hypot(toX - x, toY - y))
    const durationMs = Math.max(150, length / lognormal(random, hand.speed, 0.25))
    const bow = length * hand.bow * normal(random)
    for (let t = 0; t < durationMs; t += 8 + random.next() * 8) {
      const share = leastJerk(t / durationMs)
      const aside = bow * Math.sin(Math.PI * share)
      events.push([
        tenth(atMs + t),
        Math.round(x + (toX - x) * share - ((toY - y) / length) * aside + hand.tremor * normal(random)),
        Math.round(y + (toY - y) * share + ((toX - x) / length) * aside + hand.tremor * normal(random)),
        'move',
      ])
    }
    atMs += durationMs + lognormal(random, hand.restMs, 0.3)
    ;[x, y] = [Math.round(toX), Math.round(toY)]
    events.push([tenth(atMs), x, y, 'down'])
    atMs += lognormal(random, hand.pressMs, 0.2)
    events.push([tenth(atMs), x, y, 'up'])
    atMs += 400 + random.next() * 1500
  }
  return events
}

/** People who move a mouse: made up, so that the machinery can be tested. They say nothing about people. */
export const makePointers = ({ strokes = 12, ...people }: PointerOptions): Generator<PointerSession> =>
  sessionsOfPeople(
    people,
    { prefix: 'p', stream: 3 },
    {
      person: handOf,
      session: (hand, random) => {
        const today = { ...hand, speed: lognormal(random, hand.speed, 0.12) }
        return { pointer: 'mouse', events: move(today, strokes, random) }
      },
    },
  )
