/** What is remembered at most; past it the key that was tried longest ago is forgotten. */
const remembered = 10_000
const longestWaitMs = 60_000
const forgottenAfterMs = 3_600_000

export interface Throttle {
  /** Counts a try ahead of its outcome, so that tries side by side count too; or says from when on one is allowed. */
  begin(key: string, nowMs: number): number | undefined
  /** The try was right: it was no guess. `all`: nor were those before it. */
  passed(key: string, all: boolean): void
}

/**
 * Guesses at passwords: `free` tries at once, then each makes the next wait twice as long, a minute at most, so that nobody can
 * lock a customer out. In memory, for a bank of one process; several would count in their database.
 */
export function createThrottle(free: number): Throttle {
  const tries = new Map<string, { readonly count: number; readonly atMs: number }>()
  return {
    begin(key, nowMs) {
      const before = tries.get(key)
      const count = before !== undefined && nowMs - before.atMs < forgottenAfterMs ? before.count : 0
      const waitMs = count < free ? 0 : Math.min(1000 * 2 ** (count - free), longestWaitMs)
      const againMs = (before?.atMs ?? 0) + waitMs
      if (nowMs < againMs) return againMs
      tries.delete(key)
      tries.set(key, { count: count + 1, atMs: nowMs })
      for (const oldest of tries.keys()) {
        if (tries.size <= remembered) break
        tries.delete(oldest)
      }
      return undefined
    },
    passed(key, all) {
      const before = tries.get(key)
      if (before === undefined) return
      if (all || before.count <= 1) tries.delete(key)
      // Nobody waits after it, since it may be followed by its repeat.
      else tries.set(key, { count: before.count - 1, atMs: before.atMs - longestWaitMs })
    },
  }
}
