/** What has to be undone, latest first, however the run ends. */
export function createCleanup() {
  const steps: (() => Promise<void> | void)[] = []
  return {
    add: (step: () => Promise<void> | void): void => {
      steps.push(step)
    },
    /** A step that fails does not keep the others from being done. */
    async run(): Promise<void> {
      for (;;) {
        const step = steps.pop()
        if (step === undefined) return
        try {
          await step()
        } catch (error) {
          console.error(error)
        }
      }
    },
  }
}
export type Cleanup = ReturnType<typeof createCleanup>
