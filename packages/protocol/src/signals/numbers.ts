import * as v from 'valibot'

/** A whole number from 0 to `max`. */
export const whole = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max))

/** Quantiles, in order: `count` whole numbers that never fall, or none where there was too little to tell. */
export const quantiles = (count: number, max = 60_000) =>
  v.pipe(
    v.array(whole(max)),
    v.check((values) => values.length === 0 || values.length === count, `${count} quantiles or none`),
    v.check((values) => values.every((value, i) => i === 0 || value >= values[i - 1]!), 'quantiles rise'),
  )
