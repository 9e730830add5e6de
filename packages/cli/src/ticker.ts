import type { Newel } from '@newel/server'
import { messageOf } from './failure.ts'

export interface Ticker {
  /** No run starts any more; resolves when the one under way, and one last, are over. */
  stop(): Promise<void>
}

/** Runs `tick` again and again, one at a time, with a pause between two. A run that fails is reported and tried again. */
export function startTicker(
  newel: Pick<Newel, 'tick'>,
  seconds: number,
  report: (message: string) => void,
): Ticker {
  const run = async () => {
    try {
      await newel.tick()
    } catch (error) {
      report(messageOf(error))
    }
  }
  let current: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const next = () => {
    if (stopped) return
    timer = setTimeout(() => {
      current = run().then(next)
    }, seconds * 1000)
    // The listening server keeps the process alive, not the pause.
    timer.unref()
  }
  next()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await current
      await run()
    },
  }
}
