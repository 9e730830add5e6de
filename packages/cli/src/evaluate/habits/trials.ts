import { habitNats, habitSpreads, type Dimension, type Spread } from '@newel/engine'
import type { Scores } from '../metrics/eer.ts'
import type { HabitSession } from './sessions.ts'

export interface HabitSubject {
  readonly name: string
  /** In order. */
  readonly sessions: readonly HabitSession[]
}

/** The sessions by subject, in order of names and sessions. */
export function bySubject(sessions: readonly HabitSession[]): readonly HabitSubject[] {
  const names = [...new Set(sessions.map(({ subject }) => subject))].sort()
  return names.map((name) => ({
    name,
    sessions: sessions.filter(({ subject }) => subject === name).sort((a, b) => a.session - b.session),
  }))
}

/** Whole sessions, as proofs back them. */
const units = 4

export interface Trial {
  readonly subject: string
  readonly scores: Scores
}

/**
 * Each subject against the first `train` of its own sessions; impostors are the sessions after those of the other subjects of its own half
 * of the file. One-class: people are as the engine ships them. With background users: as the training sessions of the other half show
 * them, in which neither the subject nor an impostor is.
 */
export function trials(
  subjects: readonly HabitSubject[],
  dimensions: readonly Dimension[],
  train: number,
  background: boolean,
): readonly Trial[] {
  const rowsOf = ({ sessions }: HabitSubject) =>
    sessions.slice(0, train).map(({ context, bytes }) => ({ context, bytes, units }))
  const halves = [0, 1].map((half) => subjects.filter((_, i) => i % 2 === half))
  return halves.flatMap((half, i) => {
    const spreads: readonly Spread[] = background
      ? habitSpreads(halves[1 - i]!.map(rowsOf), dimensions)
      : dimensions
    return half.flatMap((subject) => {
      const context = subject.sessions[0]?.context
      const rows = rowsOf(subject).filter((row) => row.context === context)
      const scoresOf = ({ sessions }: HabitSubject): number[] =>
        sessions
          .slice(train)
          .filter((session) => session.context === context)
          .map(({ bytes }) => habitNats(rows, bytes, dimensions, spreads))
      const genuine = scoresOf(subject)
      const impostor = half.filter((other) => other !== subject).flatMap(scoresOf)
      if (genuine.length === 0 || impostor.length === 0) return []
      return [{ subject: subject.name, scores: { genuine, impostor } }]
    })
  })
}
