import { describe, expect, it } from 'vitest'
import { zoneOffsetsOf } from '../../test/reference.ts'
import { isElsewhere, offsetsOf } from './zone-offsets.ts'

describe('the offsets of countries', () => {
  it.each(['JP', 'US', 'DE', 'GB', 'IN', 'NP', 'AU', 'BR', 'RU', 'ES', 'CA', 'ID', 'NZ', 'MA', 'CL'])(
    'are those of the time zone database: %s',
    (country) => {
      expect([...(offsetsOf(country) ?? [])].sort((a, b) => a - b)).toEqual(zoneOffsetsOf(country))
    },
  )
  it('agree with a clock of the country, of a neighbour, and of a country that is not known', () => {
    expect(isElsewhere('DE', 60)).toBe(false)
    expect(isElsewhere('DE', 0)).toBe(false)
    expect(isElsewhere('US', -240)).toBe(false)
    expect(isElsewhere('ZZ', 540)).toBe(false)
    expect(isElsewhere(undefined, 540)).toBe(false)
    expect(isElsewhere('DE', undefined)).toBe(false)
  })
  it('disagree with a clock of the other side of the world', () => {
    expect(isElsewhere('DE', 540)).toBe(true)
    expect(isElsewhere('JP', -180)).toBe(true)
  })
})
