import type { Collector } from '../collect.ts'
import { smallestStepUs } from '../features.ts'

const dayMs = 86_400_000
const duration = (ms: number): number => Math.min(dayMs, Math.max(0, Math.round(ms)))

/**
 * Readings until the timer has moved a few times. Timers move every 5 µs to 100 ms by browser and privacy setting; a
 * coarse one is given up after some thousand readings, about a millisecond.
 */
const readTimer = (): number[] => {
  const readings = [performance.now()]
  for (let reads = 0; reads < 20_000 && readings.length < 12; reads++) {
    const reading = performance.now()
    if (reading !== readings.at(-1)) readings.push(reading)
  }
  return readings
}

export const pageTiming: Collector<'page-timing'> = {
  wire: 'page-timing@1',
  collect() {
    const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    const step = smallestStepUs(readTimer())
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
