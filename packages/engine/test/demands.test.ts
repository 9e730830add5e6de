import { describe, expect, it } from 'vitest'
import { type Demand, type Facts } from '../src/index.ts'
import { ask, at, codes, dayMs, hourMs, key, laptop, phone, stranger, usedFor } from './account.ts'

const known = usedFor(30, 'passkey')
const here = at(laptop(), known.nowMs)
const unknownDevice = at(phone(), known.nowMs)

describe('a demand', () => {
  const demand: Demand = {
    action: 'balance',
    acr: 'phr',
    nats: 1,
    atMs: known.nowMs - hourMs,
    untilMs: known.nowMs + hourMs,
    session: 'session-1',
    jkt: key('phone'),
    prefix: '203.0.113.0/24',
  }
  const under = (facts: Facts, asked = {}, demands: readonly Demand[] = [demand]) =>
    ask({ ...known.account, demands: [...demands] }, facts, asked)

  it('is what a challenge leaves', () => {
    const decision = ask(known.account, unknownDevice)
    expect(decision.demand).toEqual({
      action: 'balance',
      acr: 'newel:contact',
      nats: expect.any(Number) as number,
      atMs: known.nowMs,
      untilMs: known.nowMs + dayMs,
      session: 'session-1',
      jkt: key('phone'),
      prefix: '198.51.100.0/24',
    })
  })
  it('is not what an allow leaves', () => {
    expect(ask(known.account, here).demand).toBeUndefined()
  })
  it('sticks to its session, with any key', () => {
    expect(under(here)).toMatchObject({ decision: 'challenge', required: { acr: 'phr' } })
    expect(codes(under(here))).toContain('sticky_demand')
  })
  it('sticks to its key, in any session', () => {
    expect(under(unknownDevice, { session: 'other' }).required?.acr).toBe('phr')
  })
  it('sticks to its prefix for a key that is not on record, and leaves the known device there alone', () => {
    const there: Facts['network'] = { ...here.network, prefix: '203.0.113.0/24' }
    const fresh: Facts = {
      ...unknownDevice,
      device: { ...unknownDevice.device, jkt: key('fresh') },
      network: there,
    }
    expect(under(fresh, { session: 'other' }).required?.acr).toBe('phr')
    expect(under({ ...here, network: there }, { session: 'other' }).decision).toBe('allow')
  })
  it('leaves everybody else alone', () => {
    const fresh: Facts = { ...unknownDevice, device: { ...unknownDevice.device, jkt: key('fresh') } }
    expect(under(fresh, { session: 'other' }).required?.acr).toBe('newel:contact')
  })
  it('holds for its action whatever the params, and by its evidence for the others', () => {
    const other = under(here, { action: 'sign-in' })
    expect(other).toMatchObject({ level: 'low', decision: 'allow' })
    const heavy = under(here, { action: 'sign-in' }, [{ ...demand, nats: 6 }])
    expect(heavy).toMatchObject({ level: 'high', required: { acr: 'phr' } })
    expect(heavy.nats).toBe(ask(known.account, here, { action: 'sign-in' }).nats)
  })
  it('of a denial denies all that scope for a day', () => {
    const attack = {
      ...at(stranger(), known.nowMs),
      counters: { subjectFailures: 90, deviceFailures: 90, prefixFailures: 900 },
    }
    const denied = ask(known.account, attack)
    expect(denied).toMatchObject({ decision: 'deny', demand: { acr: 'phr' } })
    const later = ask({ ...known.account, demands: [denied.demand!] }, at(stranger(), known.nowMs + hourMs), {
      action: 'sign-in',
      session: 'other',
    })
    expect(later).toMatchObject({ decision: 'deny', level: 'critical' })
  })
  it('ends after its time', () => {
    expect(under(here, {}, [{ ...demand, untilMs: known.nowMs }]).decision).toBe('allow')
  })
})
