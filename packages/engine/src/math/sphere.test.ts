import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { haversineKm } from '../../test/reference.ts'
import { antipodeKm, distanceKm } from './sphere.ts'

const point = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
})

describe('the distance of two places', () => {
  it('equals the haversine formula to a metre, wherever they are', () => {
    fc.assert(
      fc.property(point, point, (a, b) => {
        // At the antipode the haversine formula itself loses digits.
        const expected = haversineKm(a, b)
        expect(Math.abs(distanceKm(a, b) - expected)).toBeLessThan(expected > 20_000 ? 1 : 0.001)
      }),
      { seed: 5, numRuns: 2000 },
    )
  })
  it('is 0 for one place, the same either way, and never beyond the antipode', () => {
    fc.assert(
      fc.property(point, point, (a, b) => {
        expect(distanceKm(a, a)).toBe(0)
        expect(distanceKm(a, b)).toBe(distanceKm(b, a))
        expect(distanceKm(a, b)).toBeLessThanOrEqual(antipodeKm)
      }),
      { seed: 6, numRuns: 500 },
    )
  })
  it('of Tokyo and New York is 10 850 km, and of both sides of the date line short', () => {
    const tokyo = { latitude: 35.69, longitude: 139.69 }
    const newYork = { latitude: 40.71, longitude: -74.01 }
    expect(distanceKm(tokyo, newYork)).toBeGreaterThan(10_800)
    expect(distanceKm(tokyo, newYork)).toBeLessThan(10_900)
    expect(distanceKm({ latitude: 0, longitude: 179.9 }, { latitude: 0, longitude: -179.9 })).toBeLessThan(23)
  })
})
