import { stderr } from 'node:process'

const everyMs = 200
const width = 24

export interface Progress {
  /** @param share of the work, 0 to 1 */
  at(share: number, rows: number): void
  end(): void
}

/** A bar on the terminal that a person looks at; nothing where the output goes elsewhere. */
export function createProgress(stream: Pick<typeof stderr, 'isTTY' | 'write'> = stderr): Progress {
  if (!stream.isTTY) return { at: () => undefined, end: () => undefined }
  const startedMs = performance.now()
  let shownMs = 0
  return {
    at(share, rows) {
      const nowMs = performance.now()
      if (nowMs - shownMs < everyMs) return
      shownMs = nowMs
      const done = Math.round(width * share)
      const bar = '█'.repeat(done) + '░'.repeat(width - done)
      const rate = Math.round((rows * 1000) / Math.max(1, nowMs - startedMs))
      stream.write(`\r\u001b[K${bar} ${(100 * share).toFixed(1)} %  ${rows} rows, ${rate} a second `)
    },
    end: () => void stream.write('\r\u001b[K'),
  }
}
