import { createNewel, defaultPolicy, type Newel } from '@newel/server'
import { memoryStore } from '@newel/stores'
import { createMailbox, fixedClock, type Mailbox, type TestClock } from '@newel/testkit'
import { base64url } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'

const origin = 'https://bank.test'
const secretKey = `sk_bank_${'s'.repeat(40)}`
const hourMs = 3_600_000

let newel: Newel
let clock: TestClock
let mailbox: Mailbox
let broken: boolean

beforeEach(() => {
  clock = fixedClock(1_800_000_000_000)
  mailbox = createMailbox()
  broken = false
  newel = createNewel({
    url: `${origin}/newel`,
    store: memoryStore(),
    masterKey: base64url.encode(crypto.getRandomValues(new Uint8Array(32))),
    tenants: [
      {
        id: 'bank',
        name: 'Bank',
        origins: [origin],
        publishableKey: `pk_bank_${'p'.repeat(20)}`,
        secretKeys: [secretKey],
        policy: { ...defaultPolicy, audit_share: 0, actions: { read: { params: 'none' } } },
      },
    ],
    mailer: {
      send: async (mail) => {
        if (broken) throw new Error('the mail server is away')
        await mailbox.send(mail)
      },
    },
    now: clock.now,
  })
})

const put = (address: string) =>
  newel.fetch(
    new Request(`${origin}/newel/v1/subjects/maya`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email: { value: address, verified_at_ms: clock.now() } }),
    }),
  )

/** Labels and worth of what maya can answer with. */
async function listed(): Promise<string[]> {
  const response = await newel.fetch(
    new Request(`${origin}/newel/v1/subjects/maya/authenticators`, {
      headers: { authorization: `Bearer ${secretKey}` },
    }),
  )
  const { authenticators } = (await response.json()) as { authenticators: { acr: string }[] }
  return authenticators.map(({ acr }) => acr)
}

describe('a contact', () => {
  it('serves at once where it is the first, and said again changes nothing', async () => {
    expect((await put('maya@mail.test')).status).toBe(200)
    expect((await put('maya@MAIL.test')).status).toBe(200)
    expect(await listed()).toEqual(['newel:contact'])
    await newel.tick()
    expect(mailbox.mails).toEqual([])
  })

  it('that replaces another serves after the hold; the old one does until then, and is told', async () => {
    await put('maya@mail.test')
    await put('eve@mail.test')
    expect((await listed()).sort()).toEqual(['newel:base', 'newel:contact'])
    expect(await newel.tick()).toMatchObject({ delivered: 1 })
    expect(mailbox.mails.map(({ to, subject }) => [to, subject])).toEqual([
      ['maya@mail.test', 'Your mail address at Bank is being replaced'],
    ])
    clock.advance(24 * hourMs)
    expect(await listed()).toEqual(['newel:contact'])
  })

  it('gets its notice later when the mail server is away, once', async () => {
    await put('maya@mail.test')
    await put('eve@mail.test')
    broken = true
    expect(await newel.tick()).toMatchObject({ delivered: 0 })
    broken = false
    expect(await newel.tick(), 'not before its time').toMatchObject({ delivered: 0 })
    clock.advance(hourMs)
    expect(await newel.tick()).toMatchObject({ delivered: 1 })
    expect(await newel.tick()).toMatchObject({ delivered: 0 })
    expect(mailbox.mails).toHaveLength(1)
  })

  it('whose notice nobody takes for a week is no longer told', async () => {
    await put('maya@mail.test')
    await put('eve@mail.test')
    broken = true
    for (let day = 0; day <= 8; day++) {
      await newel.tick()
      clock.advance(24 * hourMs)
    }
    broken = false
    expect(await newel.tick()).toMatchObject({ delivered: 0 })
    expect(mailbox.mails).toEqual([])
  })

  it('with something else than one address is refused', async () => {
    for (const bad of ['a@b', 'a@b.test, c@d.test', 'a@b.test\nBcc: e@f.test', '"<x>"@b.test', '']) {
      expect((await put(bad)).status, bad).toBe(400)
    }
    expect(await listed()).toEqual([])
  })
})
