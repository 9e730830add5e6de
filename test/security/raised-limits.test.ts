import { createNewel, defaultPolicy, type Limits } from '@newel/server'
import { memoryStore } from '@newel/stores'
import { createMailbox, fixedClock, testDevice, TestProblem } from '@newel/testkit'
import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'

const origin = 'https://bank.test'
const url = `${origin}/newel`
const secretKey = `sk_bank_${'s'.repeat(40)}`
const publishableKey = `pk_bank_${'p'.repeat(20)}`
const op = () => base64url.encode(crypto.getRandomValues(new Uint8Array(16)))

async function setUp(limits: Partial<Limits>) {
  const clock = fixedClock(1_800_000_000_000)
  const mailbox = createMailbox()
  const newel = createNewel({
    url,
    store: memoryStore(),
    masterKey: base64url.encode(crypto.getRandomValues(new Uint8Array(32))),
    tenants: [
      {
        id: 'bank',
        name: 'Bank',
        origins: [origin],
        publishableKey,
        secretKeys: [secretKey],
        policy: { ...defaultPolicy, audit_share: 0, actions: { pay: { params: 'none', once: true } } },
      },
    ],
    mailer: mailbox,
    limits,
    now: clock.now,
  })
  const device = await testDevice({ newel, url, publishableKey, origin, now: clock.now, mailbox })
  async function challenged() {
    const headers = await device.headers()
    const response = await newel.fetch(
      new Request(`${url}/v1/assessments`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          op: op(),
          action: 'pay',
          subject: { id: 'maya', email: { value: 'maya@mail.test', verified_at_ms: 1 } },
          session: 's'.repeat(43),
          receipt: headers['Newel-Receipt'],
          proof: headers['Newel-Proof'],
          aud: origin,
          request: {},
          require: { acr: 'newel:contact', max_age_s: 0 },
        }),
      }),
    )
    const { challenge } = (await response.json()) as { challenge: { id: string } }
    return device.challenge(challenge.id)
  }
  return { clock, mailbox, challenged }
}
const code = (error: unknown): string => (error instanceof TestProblem ? error.problem.code : String(error))

describe('limits above the defaults', () => {
  it('hold: of codes a day', async () => {
    const { clock, mailbox, challenged } = await setUp({ sendsPerWindow: 20, sendsPerDay: 20 })
    for (let sent = 1; sent <= 20; sent++) {
      await (await challenged()).start('email')
      clock.advance(60_000)
    }
    const more = (await challenged()).start('email').catch(code)
    expect([await more, mailbox.mails.length]).toEqual(['too_many_requests', 20])
  })

  it('hold: of failures in a window', async () => {
    const { clock, challenged } = await setUp({ attemptsPerWindow: 12, attemptWindowSeconds: 86_400 })
    for (let failed = 1; failed <= 12; failed++) {
      const wrong = (await challenged()).verify('email', { code: '00000000' }).catch(code)
      expect(await wrong, `failure ${failed}`).toBe('verification_failed')
      clock.advance(600_000)
    }
    const next = (await challenged()).verify('email', { code: '00000000' }).catch(code)
    expect(await next).toBe('too_many_requests')
  })
})
