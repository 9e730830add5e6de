import { describe, expect, it } from 'vitest'
import type { ReceiptClaims } from '@newel/protocol'
import type { EnvelopeBody, FactSources } from './facts.ts'
import { networkFacts } from './network-facts.ts'

const digestKey = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
const nowMs = Date.UTC(2026, 10, 24)

const envelope = (connection: Partial<EnvelopeBody['connection']>): EnvelopeBody => ({
  observations: {},
  connection: { ip: '192.0.2.7', atMs: nowMs, ...connection },
  page: '/',
  sdk: '1',
  dropped: 0,
})
const sources = (more: Partial<FactSources> = {}): FactSources => ({
  nowMs,
  digestKey,
  lookup: undefined,
  receipt: { seen: { at_ms: nowMs, ip: '192.0.2.7' } } as ReceiptClaims,
  envelopes: [envelope({})],
  proven: true,
  flags: { receipt: 'valid', proof: 'valid', sessionKeyChanged: false },
  counters: { subjectFailures: 0, deviceFailures: 0, prefixFailures: 0 },
  request: {},
  ...more,
})
const files = {
  lookup: () => ({
    asn: 64_500,
    country: 'SE',
    place: { latitude: 1, longitude: 2, radiusKm: 5 },
    listed: [],
  }),
}

describe('facts of the network', () => {
  it('are those of files, unless the edge that the browser connected to knows better', async () => {
    const place = { latitude: 59.9, longitude: 10.7, radiusKm: 100 }
    expect(await networkFacts(sources({ lookup: files }))).toMatchObject({ country: 'SE', listed: [] })
    const edge = envelope({ country: 'NO', place })
    expect(await networkFacts(sources({ lookup: files, envelopes: [edge] }))).toMatchObject({
      asn: 64_500,
      country: 'NO',
      place,
    })
  })
  it('hold no lists where there are none, so that no hit means something', async () => {
    expect(await networkFacts(sources())).not.toHaveProperty('listed')
  })
  it('hold the least round trip of the visit, from this very address', async () => {
    const envelopes = [
      envelope({ roundTripMs: 48 }),
      envelope({ roundTripMs: 31 }),
      envelope({ roundTripMs: 3, ip: '198.51.100.1' }),
    ]
    expect((await networkFacts(sources({ envelopes }))).roundTripMs).toBe(31)
    expect(await networkFacts(sources())).not.toHaveProperty('roundTripMs')
  })
  it('of what the back end tells serve where the browser was not seen', async () => {
    const request = { ip: '203.0.113.9', network: { asn: 1, country: 'CH' } }
    const seen = await networkFacts(sources({ request, lookup: files }))
    expect(seen).toMatchObject({ prefix: '192.0.2.0/24', asn: 64_500, country: 'SE', sameAddress: false })
    const unseen = await networkFacts(sources({ request, receipt: undefined, envelopes: [], lookup: files }))
    expect(unseen).toMatchObject({ prefix: '203.0.113.0/24', asn: 1, country: 'CH' })
    expect(unseen).not.toHaveProperty('sameAddress')
  })
  it('know an IPv6 line by its /64: the address behind it changes daily', async () => {
    const at = async (ip: string) => (await networkFacts(sources({ envelopes: [envelope({ ip })] }))).address
    expect(await at('2001:db8:1:2::aaaa')).toBe(await at('2001:db8:1:2:9:9:9:9'))
    expect(await at('2001:db8:1:2::aaaa')).not.toBe(await at('2001:db8:1:3::aaaa'))
  })
})
