import { describe, expect, it } from 'vitest'
import { freeman, freemanChained, referenceWeights } from './freeman.ts'
import { createLoginMemory } from './login-memory.ts'
import { features, levels } from './login-models.ts'
import type { Learned, ModelLogin } from './login-models.ts'
import { createSpill } from './logins/spill.ts'
import { simple } from './simple.ts'

/** A model with a memory of its own, so small that most of it is in the file. */
function trainable(model: (learned: Learned) => number) {
  const memory = createLoginMemory(createSpill(), 2000)
  return {
    score(login: ModelLogin): number | undefined {
      const learned = memory.find(login)
      return learned && model(learned)
    },
    learn: (login: ModelLogin): void => {
      memory.learn(login)
    },
  }
}

/** Mulberry32. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below)
  }
}

/** Few values, shared by many: repeats, shared addresses and values that are new to everybody all occur. */
function population(seed: number, count: number): ModelLogin[] {
  const below = random(seed)
  return Array.from({ length: count }, () => {
    const asn = below(7)
    const client = below(9)
    return {
      subject: `user-${below(12)}`,
      ip: `192.0.2.${below(40)}`,
      ...(asn === 0 ? {} : { asn }),
      country: ['NO', 'DE', 'JP'][asn % 3],
      userAgent: `agent ${client} build ${below(3)}`,
      browser: `browser ${client}`,
      os: `system ${client % 4}`,
      deviceType: client % 3 === 0 ? 'mobile' : 'desktop',
    }
  })
}

// ---- The same ratio, written down again over exact fractions and plain lists of logins.

interface Fraction {
  readonly n: bigint
  readonly d: bigint
}
const fraction = (n: number | bigint, d: number | bigint = 1n): Fraction => ({ n: BigInt(n), d: BigInt(d) })
const plus = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d })
const times = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d })
const over = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d, d: a.d * b.n })
const exact = (decimal: number): Fraction => {
  const digits = decimal.toString().split('.')[1] ?? ''
  return fraction(BigInt(digits), 10n ** BigInt(digits.length))
}
/** Eighteen digits before it becomes a double. */
const toNumber = ({ n, d }: Fraction): number => Number((n * 10n ** 40n) / d) / 1e40

const valueOf = (login: ModelLogin, level: (typeof levels)[number]): unknown => login[level] ?? null
const share = (logins: readonly ModelLogin[], login: ModelLogin, level: (typeof levels)[number]): Fraction =>
  fraction(logins.filter((each) => valueOf(each, level) === valueOf(login, level)).length, logins.length)
const different = (logins: readonly ModelLogin[], level: (typeof levels)[number]): number =>
  new Set(logins.map((each) => valueOf(each, level))).size

/** M: 1 on the coarsest level; below it the number of values of the next coarser level and that level's M. */
function unseenOf(logins: readonly ModelLogin[], hierarchy: readonly (typeof levels)[number][]): bigint {
  const [, coarser] = hierarchy
  return coarser === undefined
    ? 1n
    : BigInt(different(logins, coarser)) + unseenOf(logins, hierarchy.slice(1))
}

function smoothed(
  logins: readonly ModelLogin[],
  login: ModelLogin,
  hierarchy: readonly (typeof levels)[number][],
): Fraction {
  const seen = share(logins, login, hierarchy[0]!)
  const m = unseenOf(logins, hierarchy)
  const n = BigInt(logins.length)
  return seen.n === 0n ? fraction(1n, n + m) : times(seen, fraction(n, n + m))
}

function ratio(before: readonly ModelLogin[], login: ModelLogin): number {
  const own = before.filter(({ subject }) => subject === login.subject)
  const subjects = new Set(before.map(({ subject }) => subject)).size
  let result = over(fraction(1, subjects), fraction(own.length, before.length))
  for (const hierarchy of features) {
    let everybody = fraction(0)
    let subject = fraction(0)
    for (const level of hierarchy) {
      const weight = exact(referenceWeights[levels.indexOf(level)]!)
      const p = level === hierarchy[0] ? smoothed(before, login, hierarchy) : share(before, login, level)
      everybody = plus(everybody, times(weight, p))
      subject = plus(subject, times(weight, share(own, login, level)))
    }
    result = times(result, subject.n === 0n ? fraction(4) : over(everybody, subject))
  }
  return toNumber(result)
}

describe('the model of Freeman et al.', () => {
  it.each([1, 2, 3])('equals an independent computation in exact fractions to 1e-9 (seed %i)', (seed) => {
    const logins = population(seed, 160)
    const model = trainable(freeman)
    let compared = 0
    let quarters = 0
    for (const [i, login] of logins.entries()) {
      const before = logins.slice(0, i)
      const score = model.score(login)
      if (before.some(({ subject }) => subject === login.subject)) {
        const expected = ratio(before, login)
        expect(Math.abs(score! / expected - 1)).toBeLessThan(1e-9)
        compared += 1
        if (before.every((each) => each.subject !== login.subject || each.country !== login.country))
          quarters += 1
      } else expect(score).toBeUndefined()
      model.learn(login)
    }
    expect(compared).toBeGreaterThan(120)
    expect(quarters).toBeGreaterThan(0)
  })
  it('gives the factor 4 for a feature of which the subject showed nothing', () => {
    const own: ModelLogin = {
      subject: 'a',
      ip: '192.0.2.1',
      asn: 1,
      country: 'NO',
      userAgent: 'x',
      browser: 'b',
      os: 'o',
      deviceType: 'desktop',
    }
    const model = trainable(freeman)
    model.learn(own)
    const moved = { ...own, ip: '203.0.113.9', asn: 9, country: 'BR' }
    const known = model.score({ ...own })!
    const unknown = model.score(moved)!
    // One subject, one login: the last factor is 1. The client's term is the same in both.
    const address = 0.6 * (1 - 3 / (1 + 3)) + 0.3 + 0.1
    expect(unknown / known).toBeCloseTo(4 / address, 12)
  })
})

describe('the chained form', () => {
  const logins = population(7, 300)
  const trained = () => {
    const model = trainable(freemanChained)
    for (const login of logins) model.learn(login)
    return model
  }
  it('is the product of each level given the coarser one, so that a known combination calms and a new one alarms', () => {
    const model = trained()
    const own = logins.at(-1)!
    const stranger: ModelLogin = {
      subject: own.subject,
      ip: '203.0.113.1',
      asn: 77,
      country: 'BR',
      userAgent: 'other',
      browser: 'other',
      os: 'other',
      deviceType: 'tablet',
    }
    expect(model.score(own)!).toBeLessThan(1)
    expect(model.score(stranger)!).toBeGreaterThan(10)
  })
  it('says nothing below the first level that is new', () => {
    const model = trained()
    const own = logins.at(-1)!
    const abroad = { ...own, country: 'BR', asn: 77, ip: '203.0.113.1' }
    expect(model.score({ ...abroad, ip: '203.0.113.2', asn: 78 })).toBeCloseTo(model.score(abroad)!, 12)
  })
  it('does not depend on how often a subject signs in, unlike the mixed form', () => {
    const chained = trainable(freemanChained)
    const mixed = trainable(freeman)
    const login = logins[0]!
    for (const model of [chained, mixed]) model.learn(login)
    const before = [chained.score(login)!, mixed.score(login)!] as const
    const others = logins.slice(1, 60).map((each) => ({ ...login, subject: each.subject + 'x' }))
    for (const model of [chained, mixed]) for (const other of others) model.learn(other)
    // The same values from others make them common; the rare subject is a more likely target in the mixed form alone.
    expect(chained.score(login)!).toBeGreaterThan(before[0])
    expect(chained.score(login)!).toBeLessThan(1)
    expect(mixed.score(login)!).toBeGreaterThan(before[1])
  })
})

describe('the simple model', () => {
  it('is the share of features with no match', () => {
    const [login] = population(5, 1)
    const model = trainable(simple)
    expect(model.score(login!)).toBeUndefined()
    model.learn(login!)
    expect(model.score(login!)).toBe(0)
    expect(model.score({ ...login!, ip: '203.0.113.1' })).toBeCloseTo(1 / 7, 12)
    expect(model.score({ ...login!, ip: '203.0.113.1', asn: 77, country: 'BR' })).toBeCloseTo(3 / 7, 12)
  })
})
