import type { Logger } from './logger.ts'

/** Requests that passed unchecked while Newel was away. */
export interface Outage {
  /** How many, by action. Actions beyond the first 256 are counted under `*`. */
  readonly allowed: Readonly<Record<string, number>>
}

export interface OutageCounter {
  /** Counts one request that is let through unchecked. */
  countAllowed(action: string): void
  /** Newel answered: tells what passed in the meantime, once. */
  settle(): void
}

const maxActions = 256

/** Counts only: what passes unchecked has to be known, and must not grow without bound while Newel is away. */
export function createOutageCounter(
  logger: Logger,
  tell: ((outage: Outage) => void) | undefined,
): OutageCounter {
  let counts = new Map<string, number>()
  return {
    countAllowed(action) {
      const name = counts.has(action) || counts.size < maxActions ? action : '*'
      counts.set(name, (counts.get(name) ?? 0) + 1)
      logger.log('warn', 'allowed_unchecked', { action })
    },
    settle() {
      if (counts.size === 0) return
      const allowed = Object.fromEntries(counts)
      counts = new Map()
      for (const [action, requests] of Object.entries(allowed))
        logger.log('warn', 'was_unchecked', { action, requests })
      tell?.({ allowed })
    },
  }
}
