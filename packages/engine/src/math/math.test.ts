import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as reference from '../../test/reference.ts'
import { exp } from './exp.ts'
import { ln } from './ln.ts'
import { lnMixed, logistic } from './logistic.ts'
import { toMicroNats, toNats } from './micro-nats.ts'
import { pow } from './pow.ts'

const seeded = { seed: 20260303, numRuns: 2000 }
const double = fc.double({ noNaN: true, noDefaultInfinity: true })
/** How far a result may lie from the runtime's own, relative to it: two units in the last place. */
const near = (mine: number, theirs: number): boolean =>
  mine === theirs || Math.abs(mine - theirs) <= Math.abs(theirs) * 4.5e-16

describe('ln', () => {
  it('is within two units in the last place of the runtime, over all positive doubles', () => {
    fc.assert(
      fc.property(double, (x) => near(ln(Math.abs(x)), reference.log(Math.abs(x)))),
      seeded,
    )
  })
  it('keeps its digits near one', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 2, noNaN: true }), (x) => near(ln(x), reference.log(x))),
      seeded,
    )
  })
  it('knows the smallest number, zero, infinity and what has no logarithm', () => {
    expect(near(ln(5e-324), -744.4400719213812)).toBe(true)
    expect(ln(1)).toBe(0)
    expect(ln(0)).toBe(-Infinity)
    expect(ln(-0)).toBe(-Infinity)
    expect(ln(Infinity)).toBe(Infinity)
    expect(ln(-1)).toBeNaN()
    expect(ln(NaN)).toBeNaN()
  })
})

describe('exp', () => {
  it('is within two units in the last place of the runtime', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 709.7, noNaN: true }), (x) => near(exp(x), reference.exp(x))),
      seeded,
    )
  })
  it('ends in infinity above and in zero below, through the subnormal numbers', () => {
    expect(exp(710)).toBe(Infinity)
    expect(exp(-746)).toBe(0)
    expect(exp(-745)).toBe(5e-324)
    expect(exp(0)).toBe(1)
    expect(exp(NaN)).toBeNaN()
  })
  it('never falls where its argument rises', () => {
    const argument = fc.double({ min: -740, max: 709, noNaN: true })
    fc.assert(
      fc.property(argument, argument, (a, b) => exp(Math.min(a, b)) <= exp(Math.max(a, b))),
      seeded,
    )
  })
})

describe('pow', () => {
  it('agrees with the runtime to twelve digits on decays', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 200, noNaN: true }), (halfLives) => {
        expect(pow(0.5, halfLives)).toBeCloseTo(reference.pow(0.5, halfLives), 12)
      }),
      seeded,
    )
  })
  it('has the limits that matter', () => {
    expect(pow(0, 0)).toBe(1)
    expect(pow(0, 2)).toBe(0)
    expect(pow(-1, 2)).toBeNaN()
  })
})

describe('logistic', () => {
  it('stays a probability however large its argument', () => {
    expect(logistic(0)).toBe(0.5)
    expect(logistic(1e6)).toBe(1)
    expect(logistic(-1e6)).toBe(0)
    expect(logistic(-9.21024)).toBeCloseTo(1e-4, 9)
  })
})

describe('the mixed ratio', () => {
  it('is bounded below by the share that looks alike', () => {
    expect(lnMixed(0.05, -1000)).toBe(ln(0.05))
    expect(lnMixed(0, -2)).toBe(-2)
    expect(lnMixed(0.3, 0)).toBe(0)
  })
  it('does not overflow, and does not jump where it changes form', () => {
    expect(lnMixed(0.3, 1000)).toBeCloseTo(1000 + reference.log(0.7), 9)
    expect(lnMixed(0.3, 36.000001) - lnMixed(0.3, 36)).toBeCloseTo(0.000001, 9)
  })
})

describe('millionths of a nat', () => {
  it('round to the nearest and never to a negative zero', () => {
    expect(toMicroNats(-9.21024)).toBe(-9_210_240)
    expect(Object.is(toMicroNats(-0.0000001), 0)).toBe(true)
    expect(toNats(toMicroNats(1.2345678))).toBe(1.234568)
  })
  it('refuse what is not a number', () => {
    expect(() => toMicroNats(NaN)).toThrow(RangeError)
    expect(() => toMicroNats(-Infinity)).toThrow(RangeError)
  })
})
