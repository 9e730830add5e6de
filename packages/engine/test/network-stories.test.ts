import { describe, expect, it } from 'vitest'
import type { Facts, ListKind, PlaceFacts } from '../src/index.ts'
import {
  ask,
  at,
  codes,
  digest,
  hourMs,
  key,
  laptop,
  pass,
  phone,
  stranger,
  usedFor,
  type Account,
} from './account.ts'

const osaka: PlaceFacts = { latitude: 34.69, longitude: 135.5, radiusKm: 20, city: 'Osaka' }
const frankfurt: PlaceFacts = { latitude: 50.11, longitude: 8.68, radiusKm: 20, city: 'Frankfurt' }

const hits = (...kinds: readonly ListKind[]) =>
  kinds.map((kind) => ({ list: kind, version: 'a1b2c3', kind, weightPercent: 100, ageDays: 0 }))
const from = (facts: Facts, network: Partial<Facts['network']>): Facts => ({
  ...facts,
  network: { ...facts.network, ...network },
})
const inOsaka = (facts: Facts): Facts => from(facts, { place: osaka, listed: [], roundTripMs: 24 })
const inFrankfurt = (facts: Facts, ...kinds: readonly ListKind[]): Facts =>
  from(facts, {
    country: 'DE',
    asn: 3320,
    prefix: '192.0.2.0/24',
    address: digest('frankfurt'),
    place: frankfurt,
    listed: hits(...kinds),
  })
const home = inOsaka(laptop())

/** A month at home, and a sign-in there just now. */
function used(method: 'passkey' | 'email', facts = home): { account: Account; nowMs: number } {
  const { account, nowMs } = usedFor(30, method, facts)
  const decision = ask(account, at(facts, nowMs))
  pass(account, decision, at(facts, nowMs), method)
  return { account, nowMs }
}
/** Somebody got a mailed code out of the person: the device is on record by it, weakly. */
function relayed(account: Account, facts: Facts): void {
  pass(account, ask(account, facts), facts, 'email')
}

describe('two places at once', () => {
  it('ask a device that a relayed code put on record for a contact again, and leave the person alone', () => {
    const { account, nowMs } = used('passkey')
    const thief = inFrankfurt({ ...stranger(), device: { ...stranger().device, jkt: key('thief') } })
    relayed(account, at(thief, nowMs + hourMs))
    const again = ask(account, at(thief, nowMs + 2 * hourMs))
    expect(codes(again)).toContain('travel_impossible')
    expect(again).toMatchObject({ decision: 'challenge', level: 'medium' })
    expect(ask(account, at(home, nowMs + 3 * hourMs)).decision).toBe('allow')
  })
  it('ask nothing of a device that a passkey put on record: its network moved, by a VPN that no list knows', () => {
    const { account, nowMs } = used('passkey')
    const decision = ask(account, at(inFrankfurt(home), nowMs + hourMs))
    expect(decision.decision).toBe('allow')
    expect(codes(decision)).toContain('travel_fast')
  })
  it('ask nothing when a listed VPN goes on and off', () => {
    const { account, nowMs } = used('email')
    const hopped = ask(account, at(inFrankfurt(home, 'anonymiser'), nowMs + hourMs))
    expect(hopped.decision).toBe('allow')
    expect(codes(hopped)).not.toContain('travel_fast')
    const back = ask(account, at(home, nowMs + 2 * hourMs))
    expect(back.decision).toBe('allow')
    expect(codes(back)).not.toContain('travel_fast')
  })
  it('are none for who flew there', () => {
    const { account, nowMs } = used('email')
    const landed = ask(account, at(inFrankfurt(home), nowMs + 14 * hourMs))
    expect(landed.decision).toBe('allow')
    expect(codes(landed)).not.toContain('travel_fast')
  })
  it('are none for a phone on the train while the laptop is at home', () => {
    const { account, nowMs } = used('email')
    const travelling = from(phone(), {
      prefix: '192.0.2.0/24',
      place: { ...osaka, latitude: 35.69, longitude: 139.69 },
      listed: hits('mobile'),
    })
    relayed(account, at(travelling, nowMs + hourMs))
    const both = [at(home, nowMs + 1.1 * hourMs), at(travelling, nowMs + 1.2 * hourMs)].map((facts) =>
      ask(account, facts),
    )
    for (const decision of both) expect(codes(decision)).not.toContain('travel_impossible')
  })
})

describe('an address on a list', () => {
  it('of VPNs is no evidence against who always uses one', () => {
    const always = inFrankfurt(laptop(), 'anonymiser')
    const { account, nowMs } = used('passkey', always)
    const decision = ask(account, at(always, nowMs + hourMs))
    expect(decision.decision).toBe('allow')
    expect(codes(decision)).not.toContain('address_anonymiser')
  })
  it('of attackers asks nothing of the usual device, and makes a stranger no calmer', () => {
    const { account, nowMs } = used('passkey')
    const listed = ask(account, at(from(home, { listed: hits('blocked') }), nowMs + hourMs))
    expect(listed.decision).toBe('allow')
    expect(codes(listed)).toContain('address_blocked')
    const plain = ask(account, at(inFrankfurt(stranger()), nowMs + 20 * hourMs))
    const known = ask(account, at(inFrankfurt(stranger(), 'blocked', 'tor'), nowMs + 20 * hourMs))
    expect(known.nats).toBeGreaterThan(plain.nats + 2)
  })
})

describe('moving house', () => {
  it('within the town is calmer than the same across the country', () => {
    const { account, nowMs } = used('email')
    const moved = (latitude: number): number =>
      ask(
        account,
        at(
          from(home, {
            asn: 2516,
            prefix: '192.0.2.0/24',
            address: digest('new'),
            place: { ...osaka, latitude },
          }),
          nowMs + 24 * hourMs,
        ),
      ).nats
    expect(moved(34.75)).toBeLessThan(moved(43))
  })
})
