import { describe, expect, it } from 'vitest'
import { fromCloudflare } from './cloudflare.ts'

const from = (cf: unknown, address = '192.0.2.7'): Request =>
  Object.assign(
    new Request('https://id.example/v1/hello', { headers: { 'cf-connecting-ip': address } }),
    cf === undefined ? {} : { cf },
  )

describe("Cloudflare's edge", () => {
  it('says address, operator, country and place', () => {
    const cf = {
      asn: 64_500,
      country: 'NO',
      city: 'Oslo',
      region: 'Oslo County',
      regionCode: '03',
      latitude: '59.91273',
      longitude: '10.74609',
    }
    expect(fromCloudflare(from(cf))).toEqual({
      address: '192.0.2.7',
      asn: 64_500,
      country: 'NO',
      place: { latitude: 59.91273, longitude: 10.74609, radiusKm: 100, region: '03', city: 'Oslo' },
    })
  })
  it('says nothing where its object is missing: the header is anybody’s there', () => {
    expect(fromCloudflare(from(undefined))).toEqual({})
    expect(fromCloudflare(from(null))).toEqual({})
  })
  it('marks exits of Tor, and takes no country for what is none', () => {
    expect(fromCloudflare(from({ country: 'T1', latitude: '1', longitude: '1' }))).toEqual({
      address: '192.0.2.7',
      listed: [{ list: 'cloudflare', version: 'edge', kind: 'tor', weightPercent: 100, ageDays: 0 }],
    })
    expect(fromCloudflare(from({ country: 'XX' }))).toEqual({ address: '192.0.2.7' })
  })
  it('is vague without a town, and leaves out what is not of its form', () => {
    expect(fromCloudflare(from({ latitude: '10', longitude: '20' })).place).toEqual({
      latitude: 10,
      longitude: 20,
      radiusKm: 1000,
    })
    for (const odd of [
      { latitude: 'x', longitude: '1' },
      { latitude: '1' },
      { asn: '1', country: 7 },
      { asn: -1 },
    ])
      expect(fromCloudflare(from(odd, 'nonsense'))).toEqual({})
  })
})
