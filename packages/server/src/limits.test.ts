import { describe, expect, it } from 'vitest'
import { checkedLimits, defaultLimits } from './limits.ts'
import type { Limits } from './options.ts'

describe('limits', () => {
  it('are the defaults where nothing is set', () => {
    expect(checkedLimits()).toEqual(defaultLimits)
    expect(checkedLimits({ inFlight: 8 })).toEqual({ ...defaultLimits, inFlight: 8 })
  })
  it.each([
    ['a token that outlives the key it was signed by', { tokenSeconds: 601 }],
    ['a challenge longer than codes may live', { challengeSeconds: 601 }],
    ['more failures than stores tell of', { attemptsPerWindow: 101 }],
    ['more sends than stores tell of', { sendsPerDay: 201 }],
    ['a window longer than what is kept', { sendWindowSeconds: 86_401 }],
    ['less than nothing', { resendSeconds: -1 }],
    ['no number', { attemptsPerChallenge: Number.NaN }],
    ['a member without a value', { deadlineMs: undefined } as unknown as Partial<Limits>],
  ])('refuse %s, by name', (_, given) => {
    expect(() => checkedLimits(given)).toThrow(`limits.${Object.keys(given)[0]}`)
  })
})
