import type { AssessmentStore } from '@newel/engine'

/** How long a count waits for more: evidence counters may lag a second (design, section 6). */
const waitMs = 1000

/** Keys of a tenant that wait together; one more has them written at once. */
const mostKeys = 1024

/**
 * Adds up what requests count, so that all of one second is one change. This process sees what it has counted at once, others
 * once it is written. Bounded by {@link mostKeys} a tenant; only tenants whose secret key was shown count.
 */
export interface Tally {
  /**
   * Counts one. Where it is the first to wait, the promise has to be seen through (`waitUntil`): it resolves when all that
   * came within the second is written.
   */
  add(tenant: string, key: string, nowMs: number): Promise<void> | undefined
  /** How many of a key wait. What is being written is seen by nobody until it is, this process included. */
  waiting(tenant: string, key: string): number
  /** Drops a key whose subject is erased. */
  forget(tenant: string, key: string): void
  /** Writes what waits, and waits for what is being written. A failure is told to whoever has the promise of {@link Tally.add}. */
  flush(): Promise<void>
}

interface Waiting {
  readonly sinceMs: number
  readonly counts: Map<string, number>
  readonly written: Promise<void>
  /** Ends the wait. */
  readonly end: () => void
}

export function createTally(count: AssessmentStore['count']): Tally {
  const waiting = new Map<string, Waiting>()
  const unsettled = new Set<Promise<void>>()

  function begin(tenant: string, sinceMs: number): Waiting {
    const counts = new Map<string, number>()
    let end = (): void => undefined
    const ended = new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        end()
      }, waitMs)
      end = () => {
        clearTimeout(timer)
        waiting.delete(tenant)
        resolve()
      }
    })
    const written = ended
      .then(() => write(tenant, counts, sinceMs))
      .finally(() => {
        unsettled.delete(written)
      })
    unsettled.add(written)
    return { sinceMs, counts, end, written }
  }

  const write = (tenant: string, counts: ReadonlyMap<string, number>, nowMs: number): Promise<void> =>
    count(
      tenant,
      [...counts].map(([key, adds]) => ({ key, adds })),
      nowMs,
    )

  return {
    add(tenant, key, nowMs) {
      let standing = waiting.get(tenant)
      const full = standing !== undefined && standing.counts.size >= mostKeys && !standing.counts.has(key)
      if (standing !== undefined && (full || nowMs - standing.sinceMs >= waitMs)) standing.end()
      standing = waiting.get(tenant)
      const first = standing === undefined
      if (standing === undefined) waiting.set(tenant, (standing = begin(tenant, nowMs)))
      standing.counts.set(key, (standing.counts.get(key) ?? 0) + 1)
      return first ? standing.written : undefined
    },
    waiting: (tenant, key) => waiting.get(tenant)?.counts.get(key) ?? 0,
    forget: (tenant, key) => {
      waiting.get(tenant)?.counts.delete(key)
    },
    async flush() {
      for (const { end } of [...waiting.values()]) end()
      await Promise.allSettled(unsettled)
    },
  }
}
