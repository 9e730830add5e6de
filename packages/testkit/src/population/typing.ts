import { exp } from '@newel/engine'
import type { SeededRandom } from '../random.ts'
import { normal, streamOf } from './draw.ts'
import type { Typing } from './login.ts'

/** Keys of the password, the last one included. */
const keys = 11
/** Practice makes faster: by almost 30 % over some hundred repetitions (Ayotte et al., 2021). */
const practice = 0.3
/** A key in so many is looked for: it takes up to this much longer, in logarithms. */
const hesitates = 0.08
const hesitation = 1.2

/** Browsers that fill the password in, texts that are corrected on the way, attackers who paste: own estimates. */
const fills = 0.3
const corrected = 0.1
const pastes = 0.5

const tenth = (ms: number): number => Math.round(ms * 10) / 10

export type Input = Typing['input']

/**
 * A password as this person types it the nth time: log-normal times around a rhythm of the person's own, other on another
 * kind of keyboard. Spreads between and within people are such that the engine's comparator tells these people no better than
 * those of the CMU set, practised impostors included (docs/results.md): a made rhythm must not flatter.
 */
export function typed(seed: number, person: number, input: Input, nth: number, random: SeededRandom): Typing {
  const own = streamOf(seed, person, 77, input.length)
  const pace = 0.25 * normal(own)
  const holds = Array.from({ length: keys }, () => 4.5 + 0.5 * pace + 0.2 * normal(own))
  const gaps = Array.from({ length: keys - 1 }, () => 5.2 + pace + 0.35 * normal(own))
  const noise = 0.155 + 0.12 * own.next()
  const learned = (practice * nth) / (nth + 40)
  const mood = 0.1 * normal(random)
  const looksFor = (): number => (random.next() < hesitates ? hesitation * random.next() : 0)
  return {
    input,
    hold_ms: holds.map((mean) => tenth(exp(mean + mood + noise * normal(random)))),
    down_down_ms: gaps.map((mean) =>
      tenth(exp(mean - learned + mood + 1.4 * noise * normal(random) + looksFor())),
    ),
    resolution_ms: 0.1,
  }
}

/**
 * What a page sees of an owner's password: nothing where the browser fills it in, or where it was corrected. Drawn apart from
 * everything else, so that a file with typing is the one without it otherwise.
 */
export function typedByOwner(seed: number, person: number, input: Input, nth: number): Typing | undefined {
  const isFilled = streamOf(seed, person, 78, input.length).next() < fills
  const random = streamOf(seed, person, 79, nth)
  const isCorrected = random.next() < corrected
  return isFilled || isCorrected ? undefined : typed(seed, person, input, nth, random)
}

/** Repetitions after which an attacker types the stolen password. */
const practised = 20

/** The rhythm is the attacker's own: passwords leak, the way they are typed does not. Half of them paste. */
export function typedByAttacker(seed: number, attacker: number, input: Input): Typing | undefined {
  const random = streamOf(seed, attacker, 80)
  return random.next() < pastes ? undefined : typed(seed, 1_000_000_007 + attacker, input, practised, random)
}
