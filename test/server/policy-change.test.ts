import { createGuard, fromHeader } from '@newel/guard'
import { createNewel, defaultPolicy, type Newel } from '@newel/server'
import { memoryStore } from '@newel/stores'
import { createMailbox, fixedClock, testDevice } from '@newel/testkit'
import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'

const origin = 'https://bank.test'
const secretKey = `sk_bank_${'s'.repeat(40)}`
const publishableKey = `pk_bank_${'p'.repeat(20)}`
const url = `${origin}/newel`

/** Two servers on one store, whose policies differ in whether an action is `once`. */
function servers() {
  const store = memoryStore()
  const clock = fixedClock()
  const masterKey = base64url.encode(crypto.getRandomValues(new Uint8Array(32)))
  return (once: boolean): Newel & { now: () => number } => ({
    ...createNewel({
      url,
      store,
      masterKey,
      tenants: [
        {
          id: 'bank',
          name: 'Bank',
          origins: [origin],
          publishableKey,
          secretKeys: [secretKey],
          policy: {
            ...defaultPolicy,
            audit_share: 0,
            actions: { 'change-address': { params: 'none', once, floor: { acr: 'newel:contact' } } },
          },
        },
      ],
      mailer: createMailbox(),
      now: clock.now,
    }),
    now: clock.now,
  })
}

describe('a policy that changes', () => {
  it('holds from the next request on every server: a question that may be shared opens one challenge', async () => {
    const server = servers()
    const before = server(true)
    const device = await testDevice({ newel: before, url, publishableKey, origin, now: before.now })
    const guard = createGuard({
      server: before,
      secretKey,
      aud: origin,
      clientAddress: fromHeader('x-client'),
    })
    const ask = async (): Promise<string | undefined> => {
      const request = new Request(`${origin}/address`, {
        method: 'POST',
        headers: { ...(await device.headers()), 'x-client': '192.0.2.10' },
      })
      const checked = await guard.check({
        action: 'change-address',
        params: {},
        subject: { id: 'maya', email: { value: 'maya@mail.test', verified_at_ms: 1 } },
        session: 'session',
        request,
      })
      return checked.ok ? undefined : checked.problem.challenge?.id
    }
    const own = [await ask(), await ask()]
    expect(own[0]).toBeDefined()
    expect(own[1]).not.toBe(own[0])

    // Another server declares it anew; the first one has only what it saw before.
    await server(false).fetch(new Request(`${url}/readyz`))
    const shared = [await ask(), await ask()]
    expect(shared[0]).toBeDefined()
    expect(shared[1]).toBe(shared[0])
  })
})
