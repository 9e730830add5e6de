import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hourMs, key, laptop, startMs } from '../../test/account.ts'
import { comparisonOf, learned, said } from '../../test/comparison.ts'
import type { Facts, Grant, ListKind, PlaceFacts } from '../facts.ts'
import { distanceKm } from '../math/sphere.ts'
import type { Places } from '../profile/places.ts'
import { travel } from './travel.ts'

const osaka: PlaceFacts = { latitude: 34.69, longitude: 135.5, radiusKm: 20, city: 'Osaka' }
const tokyo: PlaceFacts = { latitude: 35.69, longitude: 139.69, radiusKm: 20, city: 'Tokyo' }
const sapporo: PlaceFacts = { latitude: 43.06, longitude: 141.35, radiusKm: 20, city: 'Sapporo' }
const frankfurt: PlaceFacts = { latitude: 50.11, longitude: 8.68, radiusKm: 20, city: 'Frankfurt' }
/** Far enough for speed to say something within half an hour. */
const farInTheCountry: PlaceFacts = { latitude: 43, longitude: 150, radiusKm: 20, city: 'x' }
const middleOfGermany: PlaceFacts = { latitude: 51.3, longitude: 9.49, radiusKm: 1000 }

interface Where {
  readonly country?: string
  readonly prefix?: string
  readonly kinds?: readonly ListKind[]
  readonly unlisted?: boolean
  readonly jkt?: string
  readonly deviceType?: Facts['client']['deviceType']
  readonly afterHours?: number
  readonly rtt?: number
}

/** Somebody at a place, so long after nine o'clock; by default on another network than at home. */
function at(place: PlaceFacts | undefined, where: Where = {}): Facts {
  const base = laptop()
  const hits = (where.kinds ?? []).map((kind) => ({
    list: kind,
    version: 'abc',
    kind,
    weightPercent: 100,
    ageDays: 0,
  }))
  return {
    ...base,
    nowMs: startMs + (where.afterHours ?? 0) * hourMs,
    device: { ...base.device, jkt: where.jkt ?? key('laptop') },
    network: {
      prefix: where.prefix ?? '192.0.2.0/24',
      country: where.country ?? 'JP',
      ...(place === undefined ? {} : { place }),
      ...(where.unlisted === true ? {} : { listed: hits }),
      ...(where.rtt === undefined ? {} : { roundTripMs: where.rtt }),
    },
    client: { ...base.client, deviceType: where.deviceType ?? 'desktop' },
  }
}
const atHome = (where: Where = {}): Facts => at(osaka, { prefix: '198.51.100.0/24', ...where })
const home = learned(travel, [atHome(), 20])
const inGermany = (where: Where = {}): Facts => at(frankfurt, { country: 'DE', afterHours: 2, ...where })

const grant = (method: Grant['method'], jkt = key('laptop')): Grant => ({
  id: 'g',
  jkt,
  method,
  acr: method === 'passkey' ? 'phr' : 'newel:contact',
  atMs: startMs,
})
const say = (facts: Facts, anchors: Places = home, all: Places = anchors, grants: readonly Grant[] = []) =>
  said(travel, comparisonOf(facts, { grants, hasKeys: true }), anchors, all)

describe('speed between two sign-ins', () => {
  it('that nobody travels at, between two cities that nothing else explains, is impossible', () => {
    expect(say(inGermany())).toEqual({ travel_impossible: 2.2 })
  })
  it('is weak evidence where the operator gave no lists: a VPN cannot be told from a person', () => {
    const unlisted = learned(travel, [atHome({ unlisted: true }), 20])
    expect(say(inGermany({ unlisted: true }), unlisted)).toEqual({ travel_fast: 0.8 })
    expect(say(inGermany({ unlisted: true }))).toEqual({ travel_fast: 0.8 })
  })
  it('counts by half while the other place only waits to be trusted, and is no floor then', () => {
    const waiting = learned(travel, [atHome(), 20], [inGermany({ afterHours: -200 }), 1])
    expect(say(inGermany(), home, waiting)).toMatchObject({ travel_impossible: 1.1 })
    expect(say(inGermany(), travel.section!.empty, home)).toEqual({ travel_fast: 2.2 })
  })
  it('grows with the distance and shrinks with the time, and stays within its bounds', () => {
    const speed = (longitude: number, hours: number): number => {
      const facts = at({ ...osaka, longitude, city: 'x' }, { country: 'US', afterHours: hours })
      const found = say(facts)
      return found['travel_fast'] ?? found['travel_impossible'] ?? 0
    }
    const away = fc.double({ min: 0, max: 170, noNaN: true })
    const hours = fc.double({ min: 0, max: 48, noNaN: true })
    fc.assert(
      fc.property(away, away, hours, hours, (a, b, c, d) => {
        const [near, far] = [135.5 - Math.min(a, b), 135.5 - Math.max(a, b)]
        const [soon, late] = [Math.min(c, d), Math.max(c, d)]
        expect(speed(far, soon)).toBeGreaterThanOrEqual(speed(near, soon))
        expect(speed(far, late)).toBeLessThanOrEqual(speed(far, soon))
        expect(speed(far, soon)).toBeLessThanOrEqual(2.2)
        expect(speed(near, late)).toBeGreaterThanOrEqual(0)
      }),
      { seed: 9, numRuns: 300 },
    )
  })
})

describe('what a stranger chooses', () => {
  it('does not switch the floor off: the other address family', () => {
    const thief = { jkt: key('thief'), prefix: '2001:db8:1::/48' }
    expect(say(inGermany(thief))).toEqual({ travel_impossible: 2.2 })
    expect(say(inGermany({ prefix: '2001:db8:1::/48' }))).toEqual({ travel_impossible: 2.2 })
  })
  it('does not excuse a hop within the country: a user agent of a phone', () => {
    const far = farInTheCountry
    expect(say(at(far))['travel_fast']).toBeGreaterThan(0)
    expect(say(at(far, { deviceType: 'mobile', jkt: key('thief') }))).toEqual(say(at(far)))
  })
})

describe('it does not cry wolf', () => {
  const quiet = (facts: Facts, ...more: [Places?, Places?, (readonly Grant[])?]) => {
    const found = say(facts, ...more)
    expect(found).not.toHaveProperty('travel_fast')
    expect(found).not.toHaveProperty('travel_impossible')
  }
  it('at an airport, half a day after the last sign-in at home', () => {
    quiet(inGermany({ afterHours: 12 }))
  })
  it('in a train, three hours down the line, or on a short flight', () => {
    quiet(at(tokyo, { afterHours: 2 }))
    quiet(at(sapporo, { afterHours: 2 }))
  })
  it("at a mobile carrier's gateway on the other side of the country", () => {
    const phone = learned(travel, [atHome({ deviceType: 'mobile' }), 20])
    quiet(at(farInTheCountry, { deviceType: 'mobile' }), phone)
    quiet(at(farInTheCountry, { deviceType: 'mobile' }), home, home, [grant('passkey')])
    quiet(inGermany({ kinds: ['mobile'] }))
  })
  it('when a VPN goes on, and when it goes off again', () => {
    quiet(inGermany({ kinds: ['anonymiser'] }))
    const hopped = learned(travel, [atHome(), 20], [inGermany({ kinds: ['anonymiser'] }), 3])
    quiet(atHome({ afterHours: 3 }), hopped)
    expect(hopped).toEqual(home)
  })
  it('on a server of the subject in a data centre, while its owner sits at home', () => {
    quiet(inGermany({ kinds: ['datacenter'], afterHours: 0 }))
  })
  it('with two devices of one person in two places, unless a mailed code alone says that the second is', () => {
    const phone = inGermany({ jkt: key('phone') })
    quiet(phone, home, home, [grant('passkey', key('phone'))])
    expect(say(phone, home, home, [grant('email', key('phone'))])).toHaveProperty('travel_impossible')
  })
  it('where the two families of one line stand in different databases', () => {
    quiet(at({ ...osaka, latitude: 43 }, { country: 'KR', prefix: '2001:db8:1::/48' }))
    quiet(at({ ...osaka, latitude: 43, longitude: 150 }, { prefix: '2001:db8:1::/48' }))
  })
  it('in the middle of a country, which is where a database puts what it does not know', () => {
    const vague = say(at(middleOfGermany, { country: 'DE', afterHours: 2 }))
    expect(vague).not.toHaveProperty('travel_impossible')
    expect(vague['travel_fast'] ?? 0).toBeLessThanOrEqual(0.8)
    quiet(at({ ...osaka, radiusKm: 1000, longitude: 130 }, { country: 'KR', afterHours: 1 }))
  })
  it('without coordinates, and with absurd ones', () => {
    quiet(at(undefined, { country: 'DE' }))
    for (const odd of [NaN, Infinity, -91, 1e9]) {
      quiet(at({ ...frankfurt, latitude: odd }, { country: 'DE', afterHours: 1 }))
      quiet(at({ ...frankfurt, radiusKm: odd }, { country: 'DE', afterHours: 1 }))
    }
  })
  it('when another server wrote the last sign-in with a clock that is ahead', () => {
    quiet(inGermany({ afterHours: -1 }))
  })
  it('at a place that the subject is known at, however fast', () => {
    const both = learned(travel, [atHome(), 20], [inGermany({ afterHours: -200 }), 4])
    quiet(inGermany({ afterHours: 1 }), both)
  })
  it('where the browser answers faster than light comes from the place that a database names', () => {
    quiet(at({ ...frankfurt, serverKm: 9000 }, { country: 'DE', afterHours: 2, rtt: 8 }))
    expect(
      say(at({ ...frankfurt, serverKm: 9000 }, { country: 'DE', afterHours: 2, rtt: 240 })),
    ).toHaveProperty('travel_impossible')
  })
  it('in an aeroplane whose gateway stands elsewhere: the device key says who it is, and speed is weak', () => {
    expect(say(inGermany(), home, home, [grant('passkey')])).toEqual({ travel_fast: 0.8 })
  })
})

describe('distance to habit', () => {
  it('calms on a new network of the same town, by the number of sessions behind it', () => {
    const moved = say(at({ ...osaka, latitude: 34.75 }))
    expect(moved).toEqual({ place_familiar: -1.167 })
    const fresh = learned(travel, [atHome(), 1])
    expect(say(at({ ...osaka, latitude: 34.75 }), fresh)['place_familiar']).toBeCloseTo(-0.28, 2)
  })
  it('says nothing on a network that was seen there: the network has said so', () => {
    expect(say(atHome())).toEqual({})
  })
  it('alarms far from every habitual place of the country, and not in a country that is new', () => {
    expect(say(at(sapporo, { afterHours: 24 }))['place_unfamiliar']).toBeGreaterThan(0.7)
    expect(say(at(tokyo, { afterHours: 24 }))['place_unfamiliar']).toBeLessThan(0.4)
    expect(say(inGermany({ afterHours: 24 }))).toEqual({})
  })
  it('says nothing where the database knows the country alone', () => {
    expect(say(at({ ...sapporo, radiusKm: 800 }, { afterHours: 24 }))).toEqual({})
  })
})

describe('what is learned', () => {
  it('is eight places, the longest unseen making room, and survives its bytes', () => {
    let places = home
    for (let i = 0; i < 12; i += 1) {
      const facts = at(
        { ...frankfurt, longitude: 8.68 + i, city: 'x' },
        { country: 'DE', afterHours: 24 * i },
      )
      places = travel.section!.learn(places, travel.section!.sample(comparisonOf(facts).features), 4, 0)
    }
    expect(places).toHaveLength(8)
    expect(travel.section!.decode(travel.section!.encode(places))).toEqual(places)
    expect(travel.section!.encode(places).length).toBeLessThan(8 * 32)
  })
  it('of a session that may only refresh is a place that is known', () => {
    const section = travel.section!
    const of = (facts: Facts) => section.sample(comparisonOf(facts).features)
    expect(section.mask(home, of(atHome({ afterHours: 5 })))).toEqual(of(atHome({ afterHours: 5 })))
    expect(section.mask(home, of(inGermany()))).toEqual([])
  })
  it('within one hour is the same', () => {
    const section = travel.section!
    expect(section.sample(comparisonOf(atHome({ afterHours: 0.4 })).features)).toEqual(
      section.sample(comparisonOf(atHome()).features),
    )
  })
  it('lies where it was measured: coordinates lose less than a kilometre', () => {
    const [place] = home
    expect(
      distanceKm(osaka, { latitude: place!.north / 100 - 90, longitude: place!.east / 100 - 180 }),
    ).toBeLessThan(1)
  })
})
