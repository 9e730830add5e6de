import { describe, expect, it } from 'vitest'
import { dayMs, key, laptop, phone, startMs } from '../../test/account.ts'
import { comparisonOf, said } from '../../test/comparison.ts'
import { log } from '../../test/reference.ts'
import { extractFeatures } from '../decide/features.ts'
import type { Facts, Grant } from '../facts.ts'
import { componentsOf, noDevices, type Device } from '../profile/devices.ts'
import { deviceKey } from './device-key.ts'
import { fingerprint } from './fingerprint.ts'
import { fingerprintComponentNames } from './fingerprint-components.ts'
import { agedGrant, grantsOf } from './grants.ts'
import { unknownKey } from './unknown-key.ts'

const grant = (method: Grant['method'], daysAgo = 0): Grant => ({
  id: 'grt_1',
  jkt: key('laptop'),
  method,
  acr: method === 'passkey' ? 'phr' : method === 'totp' ? 'newel:otp' : 'newel:contact',
  atMs: startMs - daysAgo * dayMs,
})
const device = (facts: Facts, more: Partial<Device> = {}): Device => ({
  jkt: facts.device.jkt!.slice(0, 12),
  anchored: true,
  event: 1,
  firstDay: 0,
  lastDay: 0,
  library: 5,
  components: componentsOf(extractFeatures(facts).device.fingerprint?.components ?? {}),
  ...more,
})
const keySays = (more: Parameters<typeof comparisonOf>[1], facts = laptop()) =>
  said(deviceKey, comparisonOf(facts, more), undefined)
const unknownSays = (more: Parameters<typeof comparisonOf>[1], facts = laptop()) =>
  said(unknownKey, comparisonOf(facts, more), undefined)
const printSays = (facts: Facts, more: Parameters<typeof comparisonOf>[1]) =>
  said(fingerprint, comparisonOf(facts, more), undefined)
const rounded = (nats: number): number => Math.round(nats * 1000) / 1000

describe('a device key on record', () => {
  it.each([
    ['passkey', 0, log(1 / 50)],
    ['passkey', 7, log(1 / 50) - 2],
    ['totp', 0, log(1 / 10)],
    ['email', 0, log(1 / 3)],
    ['email', 13, log(1 / 3)],
    ['email', 14, log(1 / 3) - 2],
    ['vouched', 7, log(1 / 10) - 2],
  ] as const)('by %s %d days ago calms by the ratio that this left', (method, days, nats) => {
    expect(keySays({ grants: [grant(method, days)], hasKeys: true })).toEqual({
      device_key_proven: rounded(nats),
    })
  })
  it('counts by its best grant alone', () => {
    expect(keySays({ grants: [grant('email'), grant('passkey'), grant('email')], hasKeys: true })).toEqual({
      device_key_proven: rounded(log(1 / 50)),
    })
  })
  it('counts only where it was proven, by itself, and is no passing one', () => {
    const all = [grant('passkey')]
    expect(grantsOf(all, laptop().device, true)).toEqual(all)
    expect(grantsOf(all, laptop().device, false)).toEqual([])
    expect(grantsOf(all, phone().device, true)).toEqual([])
    expect(grantsOf(all, { ...laptop().device, ephemeral: true }, true)).toEqual([])
    expect(grantsOf(all, { ephemeral: false }, true)).toEqual([])
  })
  it('says so when its profile had to make room', () => {
    expect(keySays({ grants: [grant('passkey')], hasKeys: true, forgotten: 2 })).toHaveProperty(
      'device_forgotten',
      0,
    )
    expect(
      keySays({ grants: [grant('passkey')], hasKeys: true, forgotten: 2, devices: [device(laptop())] }),
    ).not.toHaveProperty('device_forgotten')
  })
  it('ages in a week, after a mailed code in two', () => {
    expect([agedGrant(grant('passkey', 6.9), startMs), agedGrant(grant('passkey', 7), startMs)]).toEqual([
      false,
      true,
    ])
    expect([agedGrant(grant('email', 13.9), startMs), agedGrant(grant('email', 14), startMs)]).toEqual([
      false,
      true,
    ])
  })
})

describe('a device key that is not on record', () => {
  it('says nothing of a subject who has none, nor where one is on record', () => {
    expect(unknownSays({ hasKeys: false })).toEqual({})
    expect(unknownSays({ hasKeys: true, grants: [grant('passkey')] })).toEqual({})
    expect(keySays({ hasKeys: true })).toEqual({})
  })
  it('weighs against how often the subject brings a new one after the first', () => {
    const devices = [device(laptop())]
    const nats = (sessions: number, forgotten = 0): number =>
      unknownSays({ hasKeys: true, devices, sessions, forgotten })['device_key_unknown']!
    // Of whom nothing is known yet, every third sign-in comes from another device.
    expect(nats(1)).toBe(rounded(log(3)))
    expect(nats(9)).toBe(rounded(log(11)))
    expect(nats(9, 3)).toBe(rounded(log(11 / 4)))
    expect(nats(5000)).toBe(rounded(log(20)))
    expect(nats(45, 60)).toBe(rounded(-log(0.9)))
  })
  it('counts no less where none was shown, or one that lives in memory only', () => {
    const { jkt: _jkt, ...keyless } = laptop().device
    const more = { hasKeys: true, devices: [device(laptop())], sessions: 9 }
    expect(unknownSays(more, { ...laptop(), device: keyless })).toEqual({ signal_missing: rounded(log(11)) })
    expect(unknownSays(more, { ...laptop(), device: { ...laptop().device, ephemeral: true } })).toEqual({
      device_key_ephemeral: rounded(log(11)),
    })
  })
})

describe('a fingerprint', () => {
  const unknown: Facts = { ...laptop(), device: { ...laptop().device, jkt: key('thief') } }
  const changed = (...names: string[]): Facts => {
    const { components, library } = laptop().device.fingerprint!
    const next = { ...components, ...Object.fromEntries(names.map((name) => [name, 'changed_____'])) }
    return { ...laptop(), device: { ...laptop().device, fingerprint: { library, components: next } } }
  }

  it('of a proven key says nothing while it agrees, and little drift alarms little', () => {
    const with1 = { grants: [grant('passkey')], hasKeys: true, devices: [device(laptop())] }
    expect(printSays(laptop(), with1)).toEqual({ fingerprint_familiar: 0 })
    expect(printSays(changed('canvas'), with1)).toEqual({ fingerprint_familiar: 0 })
  })
  it('of a proven key that is built quite differently alarms', () => {
    const with1 = { grants: [grant('passkey')], hasKeys: true, devices: [device(laptop())] }
    const { fingerprint_drifted: nats } = printSays(
      { ...laptop(), device: { ...phone().device, jkt: key('laptop') } },
      with1,
    )
    expect(nats).toBe(4)
  })
  it('like that of a device on record calms a key that is not, by less the more devices there are', () => {
    const one = printSays(unknown, { hasKeys: true, devices: [device(laptop())] }).fingerprint_familiar
    const two = printSays(unknown, {
      hasKeys: true,
      devices: [device(laptop()), device(phone())],
    }).fingerprint_familiar
    expect(one).toBeLessThan(-3)
    expect(two).toBeGreaterThan(one!)
  })
  it('unlike any alarms by the share of new devices that are not new browsers', () => {
    expect(printSays(phone(), { hasKeys: true, devices: [device(laptop())] })).toEqual({
      fingerprint_unfamiliar: expect.closeTo(log(2), 1) as number,
    })
  })
  it('that others show as well calms by no more than was counted of them', () => {
    const unknown = { ...laptop(), device: { ...laptop().device, jkt: key('other') } }
    const among = (others: number, seen: number) =>
      printSays(
        { ...unknown, device: { ...unknown.device, alike: { others, seen } } },
        {
          devices: [device(laptop())],
        },
      )['fingerprint_familiar'] ?? 0
    const alone = printSays(unknown, { devices: [device(laptop())] })['fingerprint_familiar']!
    expect(alone).toBeLessThan(-5)
    // A count that is small, or finds nobody, makes it no calmer than the components do.
    expect(among(0, 0)).toBe(alone)
    expect(among(0, 4000)).toBe(alone)
    // Half of the browser's own, against the share of the others.
    expect(among(50, 100)).toBeCloseTo(-log(0.5 + 0.5 * (120 / 50)), 2)
    expect(among(100, 100)).toBeGreaterThan(-0.2)
    for (const odd of [NaN, -1, Infinity]) expect(among(odd, odd)).toBeLessThanOrEqual(0)
  })
  it('of a device that only waits to be trusted calms by half', () => {
    const trusted = printSays(unknown, { hasKeys: true, devices: [device(laptop())] }).fingerprint_familiar!
    const waiting = printSays(unknown, {
      hasKeys: true,
      devices: [device(laptop(), { anchored: false })],
    }).fingerprint_familiar!
    expect(waiting).toBeGreaterThan(trusted + 2)
  })
  it('of another major version of the library is not compared', () => {
    expect(printSays(unknown, { hasKeys: true, devices: [device(laptop(), { library: 4 })] })).toEqual({})
  })
  it('component that often changes for this subject alarms less', () => {
    const with1 = { grants: [grant('passkey')], hasKeys: true, devices: [device(laptop())] }
    const many: readonly string[] = [
      'fonts',
      'audio',
      'canvas',
      'webGlBasics',
      'webGlExtensions',
      'math',
      'plugins',
      'screenResolution',
      'platform',
      'touchSupport',
      'deviceMemory',
      'timezone',
    ]
    const unsteady = noDevices.statistics.map((none, i) =>
      many.includes(fingerprintComponentNames[i]!) ? { same: 5, changed: 20 } : none,
    )
    const shipped = printSays(changed(...many), with1)
    const learned = printSays(changed(...many), { ...with1, statistics: unsteady })
    expect(shipped.fingerprint_drifted).toBeGreaterThan(3)
    expect(learned.fingerprint_drifted ?? 0).toBeLessThan(1.5)
  })
})
