import { smallestStepUs } from './features/timer.ts'

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

/** Smallest step of this page's clock, in microseconds; `undefined` where it stood still meanwhile. */
export const timerStepUs = (): number | undefined => smallestStepUs(readTimer())
