import type { Store } from '@newel/engine'
import { memoryAssessments } from './memory/assessments.ts'
import { memoryChallenges } from './memory/challenges.ts'
import { memorySubjects } from './memory/subjects.ts'
import { createMemory } from './memory/tables.ts'
import { memorySignals, memoryTenants } from './memory/tenants.ts'
import { memoryWork } from './memory/work.ts'

/** A store that ends with the process: for tests, and to read what the others mean. */
export function memoryStore(): Store {
  const memory = createMemory()
  return {
    migrate: async () => {},
    health: async () => ({ found: 1, minReader: 1, known: 1 }),
    close: async () => {},
    ...memoryTenants(memory),
    ...memorySignals(memory),
    ...memoryAssessments(memory),
    ...memoryChallenges(memory),
    ...memorySubjects(memory),
    ...memoryWork(memory),
  }
}
