import { afterEach, describe, expect, it, vi } from 'vitest'
import { defaultStartMs, fixedClock } from './clock.ts'
import { createMailbox } from './mailbox.ts'
import { refuseProduction } from './production.ts'
import { seededRandom } from './random.ts'

describe('the clock', () => {
  it('stands still until it is moved, and never goes back', () => {
    const clock = fixedClock()
    expect(clock.now()).toBe(defaultStartMs)
    clock.advance(250)
    expect(clock.now()).toBe(defaultStartMs + 250)
    for (const ms of [-1, 0.5, Number.NaN]) expect(() => clock.advance(ms)).toThrow(RangeError)
    expect(fixedClock(5).now()).toBe(5)
  })
})

describe('seeded randomness', () => {
  it('is the same for the same seed and another for another', () => {
    const draw = (seed: number) => [...seededRandom(seed).bytes(16)]
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
  })

  it('covers its range evenly enough for test data', () => {
    const random = seededRandom(7)
    const counts = Array.from({ length: 10 }, () => 0)
    for (let index = 0; index < 10_000; index++) counts[random.below(10)]! += 1
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120)
    expect(random.next()).toBeLessThan(1)
  })
})

describe('the mailbox', () => {
  it('finds the latest code, to an address or to any', async () => {
    const mailbox = createMailbox()
    const mail = (to: string, text: string) => mailbox.send({ to, subject: 'Code', text })
    await mail('a@app.test', '1234 5678\n\nEnter this code.')
    await mail('b@app.test', '87654321')
    await mail('a@app.test', 'A new sign-in, 2027 in all.')
    expect(mailbox.latestCode()).toBe('87654321')
    expect(mailbox.latestCode('a@app.test')).toBe('12345678')
    expect(() => mailbox.latestCode('c@app.test')).toThrow('no mail')
    expect(mailbox.mails).toHaveLength(3)
  })
})

describe('production', () => {
  afterEach(() => void vi.unstubAllEnvs())

  it('is refused', () => {
    expect(refuseProduction).not.toThrow()
    vi.stubEnv('NODE_ENV', 'production')
    expect(refuseProduction).toThrow('refuses to run')
  })
})
