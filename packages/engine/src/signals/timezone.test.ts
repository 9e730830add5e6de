import { describe, expect, it } from 'vitest'
import { laptop } from '../../test/account.ts'
import { comparisonOf, learned, said } from '../../test/comparison.ts'
import type { Facts, ListKind } from '../facts.ts'
import { timezone } from './timezone.ts'

const from = (country: string, offsetMinutes = 540, kind?: ListKind): Facts => {
  const base = laptop()
  const listed = kind && [{ list: 'l', version: 'v', kind, weightPercent: 100, ageDays: 0 }]
  return {
    ...base,
    network: { ...base.network, country, ...(listed && { listed }) },
    client: { ...base.client, offsetMinutes },
  }
}
const nobody = timezone.section!.empty
const say = (facts: Facts, state = nobody) => said(timezone, comparisonOf(facts), state)

describe('the clock against the address', () => {
  it('of who is not known yet: a clock of the country, or of a neighbour, says nothing', () => {
    expect(say(from('JP'))).toEqual({})
    expect(say(from('KR'))).toEqual({})
    expect(say(from('DE', 120))).toEqual({})
    expect(say(from('FR', 0))).toEqual({})
  })
  it('of who is not known yet: a clock of the other side of the world is evidence, with nothing behind it', () => {
    expect(say(from('DE'))).toEqual({ timezone_elsewhere: 1.2 })
    expect(timezone.compare(comparisonOf(from('DE')), nobody, nobody)[0]?.support).toBe(0)
  })
  it('is not doubted a second time where the address is lent', () => {
    expect(say(from('DE', 540, 'anonymiser'))).toEqual({})
    expect(say(from('DE', 540, 'blocked'))).toEqual({ timezone_elsewhere: 1.2 })
  })
  it('of who is known is left to the habit, and a traveller whose clock stayed at home is not doubted', () => {
    const known = learned(timezone, [laptop(), 20])
    expect(say(from('DE'), known)).toEqual({})
  })
})
