import type { Collector } from '../collect.ts'
import { timerStepUs } from '../timer.ts'

const dayMs = 86_400_000
const duration = (ms: number): number => Math.min(dayMs, Math.max(0, Math.round(ms)))

export const pageTiming: Collector<'page-timing'> = {
  wire: 'page-timing@1',
  collect() {
    const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    const step = timerStepUs()
    return {
      value: {
        age_ms: duration(performance.now()),
        // Zero means that it has not happened yet.
        ...(entry && entry.responseStart > 0 && { first_byte_ms: duration(entry.responseStart) }),
        ...(entry && entry.domInteractive > 0 && { interactive_ms: duration(entry.domInteractive) }),
        ...(entry && { navigation: entry.type }),
        ...(step !== undefined && { timer_step_us: step }),
      },
    }
  },
}
