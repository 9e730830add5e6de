import { describe, expect, it } from 'vitest'
import { laptop, phone, startMs, key } from '../../test/account.ts'
import { comparisonOf, learned, said } from '../../test/comparison.ts'
import { log } from '../../test/reference.ts'
import type { Facts, Grant } from '../facts.ts'
import { absenceNats } from './absence.ts'
import { client } from './client.ts'
import { failures } from './failures.ts'
import { language } from './language.ts'
import { screen } from './screen.ts'
import { timezone } from './timezone.ts'
import { version } from './version.ts'

const usual = laptop()
const as = (change: Partial<Facts['client']>): Facts => ({ ...usual, client: { ...usual.client, ...change } })
const grants: readonly Grant[] = [
  { id: 'g', jkt: key('laptop'), method: 'passkey', acr: 'phr', atMs: startMs },
]

describe('the client', () => {
  const state = learned(client, [usual, 20])
  it('that is usual calms, in system and browser', () => {
    expect(said(client, comparisonOf(usual), state).client_familiar).toBeLessThan(0)
  })
  it('that is new alarms with a key on record by one session in twenty, and with a new key by half', () => {
    expect(said(client, comparisonOf(phone(), { grants }), state).client_unfamiliar).toBeCloseTo(log(20), 2)
    expect(said(client, comparisonOf(phone()), state).client_unfamiliar).toBeCloseTo(log(2), 2)
  })
  it('that hides is no calmer than one that is new', () => {
    const hidden = as({ browser: 'unknown', os: 'unknown', deviceType: 'unknown' })
    expect(said(client, comparisonOf(hidden), state).client_unfamiliar).toBeCloseTo(log(2), 2)
  })
})

describe('the version', () => {
  const state = learned(version, [usual, 20])
  it('that rises, stays, or lags by two says nothing', () => {
    for (const browserMajor of [138, 139, 140, 141, 160, 0])
      expect(said(version, comparisonOf(as({ browserMajor })), state)).toEqual({})
  })
  it('that falls by more alarms, by half while the higher one only waits to be trusted', () => {
    expect(said(version, comparisonOf(as({ browserMajor: 137 })), state)).toEqual({ client_downgraded: 1.5 })
    expect(said(version, comparisonOf(as({ browserMajor: 137 })), version.section!.empty, state)).toEqual({
      client_downgraded: 0.75,
    })
  })
  it('of another kind of client is its own', () => {
    expect(said(version, comparisonOf(phone()), state)).toEqual({})
  })
  it('is not pushed far ahead by a session that may only refresh', () => {
    const { section } = version
    const sample = section!.sample({ ...comparisonOf(as({ browserMajor: 9999 })).features })
    expect(section!.mask(state, sample)).toEqual([])
    expect(
      section!.mask(state, section!.sample(comparisonOf(as({ browserMajor: 141 })).features)),
    ).not.toEqual([])
  })
})

describe('the languages', () => {
  const state = learned(language, [usual, 20])
  it('calm little where the country already did, and more in a country where few speak them', () => {
    const said = (country: string | undefined): number => {
      const { country: _, ...network } = usual.network
      const facts = { ...usual, network: { ...network, ...(country !== undefined && { country }) } }
      return language.compare(comparisonOf(facts), state, state)[0]!.nats
    }
    expect(said('JP')).toBeGreaterThan(-0.5)
    expect(said('IN')).toBeLessThan(said('JP') - 1)
    expect(said(undefined)).toBeLessThan(said('IN'))
  })
  it('are the first one, and the list given it', () => {
    const found = language.compare(comparisonOf(as({ languages: 'ja' }), { grants }), state, state)
    expect(found.map(({ code }) => code)).toEqual(['language_familiar', 'language_unfamiliar'])
    expect(
      language.compare(comparisonOf(as({ languages: 'pt-BR,pt' })), state, state).map(({ code }) => code),
    ).toEqual(['language_unfamiliar'])
  })
})

describe('the time zone', () => {
  const state = learned(timezone, [usual, 20])
  it('that does not belong to a familiar country alarms', () => {
    const { timezone_unfamiliar: nats } = said(
      timezone,
      comparisonOf(as({ timezone: 'America/Sao_Paulo' })),
      state,
    )
    expect(nats).toBeCloseTo(log(20), 2)
  })
  it('says nothing in a country that the subject was never in', () => {
    expect(
      said(timezone, comparisonOf({ ...usual, network: { ...usual.network, country: 'DE' } }), state),
    ).toEqual({})
  })
  it('speaks for the country where that is not known', () => {
    const { country: _country, ...network } = usual.network
    expect(said(timezone, comparisonOf({ ...usual, network }), state).timezone_familiar).toBeLessThan(-3)
  })
})

describe('the screen', () => {
  const { fingerprint: _fingerprint, ...device } = usual.device
  const bare: Facts = { ...usual, device }
  const state = learned(screen, [usual, 20])
  it('says the same with a fingerprint as without, so that leaving that out gains nothing; with a proven key nothing', () => {
    expect(said(screen, comparisonOf(bare), state).screen_familiar).toBeLessThan(0)
    expect(said(screen, comparisonOf(usual), state)).toEqual(said(screen, comparisonOf(bare), state))
    expect(said(screen, comparisonOf(bare, { grants }), state)).toEqual({})
  })
  it('is the same turned round', () => {
    const turned: Facts = {
      ...bare,
      device: { ...device, screen: { width: 982, height: 1512, pixelRatioPercent: 200 } },
    }
    expect(said(screen, comparisonOf(turned), state)).toEqual(said(screen, comparisonOf(bare), state))
  })
})

describe('failures', () => {
  const after = (counters: Partial<Facts['counters']>) =>
    said(failures, comparisonOf({ ...usual, counters: { ...usual.counters, ...counters } }), undefined)
  it('that people make by themselves say nothing', () => {
    expect(after({ subjectFailures: 2, deviceFailures: 2, prefixFailures: 11 })).toEqual({})
  })
  it('say ln((n + 1) / usual), up to a bound', () => {
    expect(after({ subjectFailures: 8 })).toEqual({ recent_failures: 1.099 })
    expect(after({ deviceFailures: 8 })).toEqual({ device_failures: 1.099 })
    expect(after({ prefixFailures: 35 })).toEqual({ prefix_failures: 1.099 })
    expect(after({ subjectFailures: 1e9, deviceFailures: 1e9, prefixFailures: 1e9 })).toEqual({
      recent_failures: 3,
      device_failures: 3,
      prefix_failures: 2,
    })
  })
})

describe('absence', () => {
  it('says max(0, ln(0.5 / p(absent)))', () => {
    expect(absenceNats(0, 20)).toBeCloseTo(log((0.5 * 21) / 0.5), 12)
    expect(absenceNats(5, 20)).toBeCloseTo(log((0.5 * 21) / 5.5), 12)
    expect(absenceNats(20, 20)).toBe(0)
    expect(absenceNats(0, 0)).toBeCloseTo(0, 12)
  })
})
