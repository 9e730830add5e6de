import type { Logger } from '@newel/server'

const rank = { info: 0, warn: 1, error: 2 } as const
export type LogLevel = keyof typeof rank

/** One JSON object a line, from `least` on. */
export const jsonLogger = (least: LogLevel, write: (line: string) => void): Logger => ({
  log: (level, event, fields) => {
    if (rank[level] >= rank[least])
      write(JSON.stringify({ time: new Date().toISOString(), level, event, ...fields }))
  },
})
