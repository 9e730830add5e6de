import {
  habitBytes,
  habitNats,
  habitSection,
  habitSupport,
  type Dimension,
  type Habit,
} from '../behaviour/habit.ts'
import type { Finding } from '../evidence/groups.ts'
import type { BehaviourFacts, Features } from '../facts.ts'
import type { ReasonCode } from '@newel/protocol'
import { blend, defineComparator, type Comparator } from './comparator.ts'

/** A session's numbers of one kind of behaviour. */
interface HabitValues {
  /** What is never compared with another: the kind of pointer, the class of timer. */
  readonly context: number
  /** In the order of the dimensions; 0 where there was too little to tell. */
  readonly values: readonly number[]
}

/** Compares a session's numbers with those of the subject's earlier ones of the same context. */
export function habitComparator({
  id,
  dimensions,
  familiar,
  unfamiliar,
  valuesOf,
}: {
  readonly id: string
  readonly dimensions: readonly Dimension[]
  readonly familiar: ReasonCode
  readonly unfamiliar: ReasonCode
  readonly valuesOf: (behaviour: BehaviourFacts) => HabitValues | undefined
}): Comparator<Habit> {
  const read = ({ behaviour }: Features) => {
    const said = behaviour && valuesOf(behaviour)
    return said && { context: said.context, bytes: habitBytes(said.values, dimensions) }
  }
  return defineComparator<Habit>({
    id,
    group: 'behaviour',
    section: habitSection(dimensions, read),
    compare({ features }, anchors, all): readonly Finding[] {
      const now = read(features)
      const support = now === undefined ? 0 : habitSupport(all, now.context)
      if (now === undefined || support === 0) return []
      const score = (habit: Habit): number =>
        habitNats(
          habit.filter(({ context }) => context === now.context),
          now.bytes,
          dimensions,
        )
      const nats = blend(score(anchors), score(all))
      return [{ code: nats <= 0 ? familiar : unfamiliar, nats, support }]
    },
  })
}
