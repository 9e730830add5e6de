/** Prompts come one at a time. */
export interface Turns {
  /** Runs `task` after all that was taken before has ended, however it ended. Aborting ends the wait. */
  take<T>(signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T>
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  return {
    take(signal, task) {
      const turn = last.then(() => {
        signal?.throwIfAborted()
        return task()
      })
      last = turn.catch(() => undefined)
      if (signal === undefined) return turn
      return new Promise((resolve, reject) => {
        const abort = (): void => reject(signal.reason as Error)
        signal.addEventListener('abort', abort)
        turn.finally(() => signal.removeEventListener('abort', abort)).then(resolve, reject)
      })
    },
  }
}
