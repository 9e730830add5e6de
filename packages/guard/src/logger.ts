/** Receives structured entries; never codes, keys, tokens or contacts. Newel's server takes the same shape. */
export interface Logger {
  log(
    level: 'info' | 'warn' | 'error',
    event: string,
    fields?: Readonly<Record<string, string | number | boolean>>,
  ): void
}

/** Where no logger is given: a guard that cannot ask Newel must not fail in silence. */
export const consoleLogger: Logger = {
  log(level, event, fields = {}) {
    globalThis.console[level](`newel: ${event}`, fields)
  },
}
