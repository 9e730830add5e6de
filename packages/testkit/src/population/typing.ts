import { exp } from '@newel/engine'
import type { SeededRandom } from '../random.ts'
import { normal, streamOf } from './draw.ts'
import type { Typing } from './login.ts'

/** Keys of the password, the last one included. */
const keys = 11
/** Practice makes faster: by almost 30 % over some hundred repetitions (Ayotte et al., 2021). */
const practice = 0.3

const tenth = (ms: number): number => Math.round(ms * 10) / 10

/**
 * A password as this person types it the nth time: log-normal times around a rhythm of the person's own. Spreads between and
 * within people are in the order of those of the CMU set (sd of log times about 0.35 between, 0.2 to 0.3 within).
 */
export function typed(seed: number, person: number, nth: number, random: SeededRandom): Typing {
  const own = streamOf(seed, person, 77)
  const pace = 0.25 * normal(own)
  const holds = Array.from({ length: keys }, () => 4.5 + 0.5 * pace + 0.2 * normal(own))
  const gaps = Array.from({ length: keys - 1 }, () => 5.2 + pace + 0.35 * normal(own))
  const noise = 0.16 + 0.1 * own.next()
  const learned = (practice * nth) / (nth + 40)
  const mood = 0.08 * normal(random)
  return {
    hold_ms: holds.map((mean) => tenth(exp(mean + mood + noise * normal(random)))),
    down_down_ms: gaps.map((mean) => tenth(exp(mean - learned + mood + 1.4 * noise * normal(random)))),
    resolution_ms: 0.1,
  }
}
