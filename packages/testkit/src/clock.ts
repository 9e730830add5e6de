/** A clock that stands still until it is moved. */
export interface TestClock {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /**
   * Moves the clock forward.
   * @param ms an integer, 0 or more
   */
  advance(ms: number): void
}

/** A Monday morning: 2027-01-04, 09:00 UTC. */
export const defaultStartMs = Date.UTC(2027, 0, 4, 9)

/** @param startMs milliseconds since 1970; default 2027-01-04T09:00Z */
export function fixedClock(startMs: number = defaultStartMs): TestClock {
  let nowMs = startMs
  return {
    now: () => nowMs,
    advance(ms) {
      if (!Number.isSafeInteger(ms) || ms < 0)
        throw new RangeError('a clock moves forward, by whole milliseconds')
      nowMs += ms
    },
  }
}
