import { describe, expect, it } from 'vitest'
import { seededRandom } from '../random.ts'
import type { Login, Typing } from './login.ts'
import { isAttackAddress } from './places.ts'
import { population } from './population.ts'
import { typed } from './typing.ts'

const share = <T>(list: readonly T[], test: (value: T) => boolean): number =>
  list.filter(test).length / list.length

function bySubject(logins: readonly Login[]): readonly (readonly Login[])[] {
  const found = new Map<string, Login[]>()
  for (const login of logins) found.set(login.subject, [...(found.get(login.subject) ?? []), login])
  return [...found.values()]
}

describe('a made population', () => {
  const logins = [...population({ seed: 3, subjects: 8000, observations: true, typing: true })]
  const own = logins.filter(
    ({ attacker, subject }) => attacker === undefined && !subject.endsWith('-account'),
  )
  const counts = bySubject(own)
    .map((each) => each.length)
    .sort((a, b) => a - b)
  const at = (quantile: number): number => counts[Math.floor(quantile * counts.length)]!

  it('is the same for the same seed, and another for another', () => {
    const few = (seed: number): Login[] => [...population({ seed, subjects: 20, typing: true })]
    expect(few(1)).toEqual(few(1))
    expect(few(2)).not.toEqual(few(1))
  })
  it('stands in order of time, within its days', () => {
    expect(logins.every(({ ts_ms }, i) => i === 0 || logins[i - 1]!.ts_ms <= ts_ms)).toBe(true)
    expect(logins[0]!.ts_ms).toBeGreaterThan(Date.UTC(2020, 1, 2))
    expect(logins.at(-1)!.ts_ms).toBeLessThan(Date.UTC(2021, 2, 1))
  })
  it('has the attempts per account of the public data set', () => {
    expect(counts.reduce((sum, count) => sum + count, 0) / counts.length).toBeCloseTo(4, 0)
    expect([at(0.5), at(0.9)]).toEqual([2, 9])
    expect(Math.abs(at(0.95) - 13)).toBeLessThanOrEqual(1)
    expect(Math.abs(at(0.99) - 28)).toBeLessThanOrEqual(4)
    expect(share(counts, (count) => count === 1)).toBeCloseTo(0.397, 1)
    expect(share(counts, (count) => count >= 10)).toBeCloseTo(0.085, 1)
  })
  it('has nearly half of its rows on one id that is no account and never signs in', () => {
    const unknown = logins.filter(({ subject }) => subject === 'unknown-account')
    expect(unknown.length / logins.length).toBeGreaterThan(0.4)
    expect(unknown.length / logins.length).toBeLessThan(0.55)
    expect(unknown.some(({ success }) => success)).toBe(false)
    expect(share(unknown, ({ attacker }) => attacker !== undefined)).toBeCloseTo(0.53, 1)
  })
  it('changes in November 2020 as the public one does: more attempts, fewer succeed', () => {
    const success = (month: number): number => {
      const rows = logins.filter(({ ts_ms }) => new Date(ts_ms).getUTCMonth() === month)
      return share(rows, (row) => row.success)
    }
    expect(success(5)).toBeCloseTo(0.44, 1)
    expect(success(10)).toBeCloseTo(0.3, 1)
  })
  it('lets owners in 78 times of 100, in the countries of the public one, by day', () => {
    expect(share(own, ({ success }) => success)).toBeCloseTo(0.78, 1)
    expect(share(own, ({ country }) => country === 'NO')).toBeCloseTo(0.42, 1)
    const hours = own
      .filter(({ country }) => country === 'NO')
      .map(({ ts_ms }) => new Date(ts_ms).getUTCHours())
    const between = (from: number, to: number): number => share(hours, (hour) => hour >= from && hour < to)
    expect(between(8, 16) / 8).toBeGreaterThan(2.5 * (between(0, 4) / 4))
  })
  it('has attackers of four kinds who know the password', () => {
    for (const kind of ['naive', 'vpn', 'targeted', 'takeover'] as const) {
      const attacks = logins.filter(({ attacker, success }) => attacker === kind && success)
      expect(attacks.length).toBeGreaterThan(200)
    }
  })
  it('hides 45 % of takeovers from any blocklist', () => {
    const listed = isAttackAddress(3)
    const takeovers = logins.filter(({ attacker }) => attacker === 'takeover')
    expect(share(takeovers, ({ ip }) => !listed(ip))).toBeCloseTo(0.45, 1)
  })
  it('gives each kind what its knowledge is: a country, a city and a client, a device', () => {
    const home = new Map(own.map((login) => [login.subject, login]))
    const same = (kind: string, test: (a: Login, b: Login) => boolean): number => {
      const attacks = logins.filter(
        ({ attacker, success, subject }) => attacker === kind && success && home.has(subject),
      )
      return share(attacks, (attack) => test(attack, home.get(attack.subject)!))
    }
    const country = (a: Login, b: Login): boolean => a.country === b.country
    expect(same('naive', country)).toBeLessThan(0.1)
    expect(same('vpn', country)).toBeGreaterThan(0.9)
    expect(same('vpn', (a, b) => a.city === b.city)).toBeLessThan(0.4)
    expect(same('targeted', (a, b) => a.city === b.city)).toBeGreaterThan(0.9)
    const keys = new Set(own.map(({ device_key }) => device_key))
    const stolen = (kind: string): number =>
      share(
        logins.filter(({ attacker, success }) => attacker === kind && success),
        ({ device_key }) => keys.has(device_key),
      )
    expect(stolen('targeted')).toBe(0)
    expect(stolen('takeover')).toBeGreaterThan(0.01)
  })
  it('types each password in a rhythm that is the person’s, other on a screen than on keys', () => {
    const hold = ({ hold_ms }: Typing): number => hold_ms.reduce((sum, ms) => sum + ms, 0)
    const many = bySubject(own).map((each) =>
      each.flatMap(({ typing }) => (typing?.input === 'screen' ? [hold(typing)] : [])),
    )
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length
    const spread = (values: readonly number[]): number =>
      Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)))
    const often = many.filter((each) => each.length >= 10)
    expect(spread(often.map(mean))).toBeGreaterThan(1.2 * mean(often.map(spread)))
    const { typing } = own.find((login) => login.typing !== undefined)!
    expect(typing!.down_down_ms).toHaveLength(typing!.hold_ms.length - 1)
    const onBoth = (input: Typing['input']) => typed(1, 1, input, 1, seededRandom(1)).hold_ms
    expect(onBoth('screen')).not.toEqual(onBoth('keys'))
  })
  it('shows no typing of who lets the browser fill it in, nor of attackers who paste', () => {
    const missing = (logins: readonly Login[]): number => share(logins, ({ typing }) => typing === undefined)
    expect(missing(own)).toBeCloseTo(0.37, 1)
    expect(missing(logins.filter(({ attacker, success }) => attacker !== undefined && success))).toBeCloseTo(
      0.5,
      1,
    )
    const always = bySubject(own).filter((each) => each.length >= 10 && missing(each) === 1)
    expect(always.length).toBeGreaterThan(0)
  })
  it('is the same logins with typing as without', () => {
    const made = (typing: boolean): readonly Login[] => [
      ...population({ seed: 1, subjects: 50, observations: true, typing }),
    ]
    expect(made(true).map(({ typing: _, ...rest }) => rest)).toEqual(made(false))
  })
})
