/**
 * Smallest step between readings of a timer, in whole microseconds (1 to 1 000 000).
 * @param readings milliseconds, as they were read
 * @returns `undefined` when the timer never moved
 */
export function smallestStepUs(readings: readonly number[]): number | undefined {
  let smallest: number | undefined
  readings.forEach((reading, index) => {
    const step = Math.round((reading - (readings[index - 1] ?? reading)) * 1000)
    if (step > 0 && (smallest === undefined || step < smallest)) smallest = step
  })
  return smallest === undefined ? undefined : Math.min(1_000_000, smallest)
}

/** Steps that timers of browsers are known to have, in microseconds, coarsest first. */
const knownStepsUs = [
  // Firefox with resistFingerprinting, older versions and newer ones (one frame).
  100_000, 50_000, 20_000, 16_667, 10_000, 8_333, 5_000, 4_000, 2_000, 1_000, 500, 200, 100,
] as const
/** With fewer differences, a coarse timer and luck look alike. */
const leastDifferences = 6

/**
 * Resolution of the timer behind some readings, in microseconds: the coarsest known step that all their differences are
 * multiples of. 100 stands for 100 µs and anything finer, which keystrokes cannot tell apart.
 * @param readings milliseconds, in any order
 * @returns `undefined` where there are too few of them
 */
export function timerResolutionUs(readings: readonly number[]): number | undefined {
  const [first] = readings
  if (first === undefined) return undefined
  const differences = readings.map((reading) => Math.abs(reading - first) * 1000).filter((us) => us > 50)
  if (differences.length < leastDifferences) return undefined
  const fits = (step: number): boolean =>
    // Frames are not whole microseconds: what is lost in rounding grows with their number.
    differences.every((us) => {
      const steps = Math.round(us / step)
      return steps > 0 && Math.abs(us - steps * step) <= Math.min(60 + steps, step * 0.1)
    })
  return knownStepsUs.find(fits) ?? 100
}
