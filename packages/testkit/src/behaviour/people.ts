import { streamOf } from '../population/draw.ts'
import type { SeededRandom } from '../random.ts'

/** How many people, and how many sessions of each; the same seed makes the same. */
export interface PeopleOptions {
  readonly seed: number
  readonly subjects: number
  readonly sessions: number
}

/** Whose session it is: by name, and by number from 1. */
export interface PersonSession {
  readonly subject: string
  readonly session: number
}

/**
 * Sessions of made-up people, each drawn from a stream of its own, so that more people or sessions change none that are there.
 *
 * @param kind `prefix` of names; `stream`, and the one after it, are no other kind's
 * @param made a person, and what it does in a session
 */
export function* sessionsOfPeople<Person, Doings extends object>(
  { seed, subjects, sessions }: PeopleOptions,
  { prefix, stream }: { readonly prefix: string; readonly stream: number },
  made: {
    readonly person: (random: SeededRandom) => Person
    readonly session: (person: Person, random: SeededRandom) => Doings
  },
): Generator<PersonSession & Doings> {
  for (let subject = 0; subject < subjects; subject += 1) {
    const person = made.person(streamOf(seed, subject, stream))
    for (let session = 1; session <= sessions; session += 1) {
      const random = streamOf(seed, subject, stream + 1, session)
      yield {
        subject: `${prefix}${String(subject + 1).padStart(3, '0')}`,
        session,
        ...made.session(person, random),
      }
    }
  }
}
