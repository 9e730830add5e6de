/** The server's time, kept by the monotonic clock of the page, so that a wrong wall clock does not matter. */
export interface Clock {
  /** Takes the server's time in milliseconds from an answer that just arrived. */
  set(serverMs: number): void
  /** Milliseconds since 1970 as the server counts them; `undefined` when it has to be asked (again). */
  now(): number | undefined
}

/** Apart by more than this, the page slept (some systems stop the monotonic clock) or the wall clock was set. */
const toleranceMs = 5000

export function createClock(): Clock {
  let offset: number | undefined
  let gap = 0
  return {
    set(serverMs) {
      offset = serverMs - performance.now()
      gap = Date.now() - performance.now()
    },
    now() {
      const monotonic = performance.now()
      if (offset === undefined || Math.abs(Date.now() - monotonic - gap) > toleranceMs) return undefined
      return Math.round(offset + monotonic)
    },
  }
}
