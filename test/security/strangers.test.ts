import type { Store } from '@newel/engine'
import { createNewel, defaultPolicy, type Limits } from '@newel/server'
import { memoryStore } from '@newel/stores'
import { createMailbox, fixedClock, testDevice } from '@newel/testkit'
import { base64url } from 'jose'
import { describe, expect, it, vi } from 'vitest'

const origin = 'https://bank.test'
const url = `${origin}/newel`
const secretKey = `sk_bank_${'s'.repeat(40)}`
const publishableKey = `pk_bank_${'p'.repeat(20)}`
const somebodys = `chl_${'a'.repeat(36)}`
const random = () => base64url.encode(crypto.getRandomValues(new Uint8Array(16)))

/** A database that answers calls by a name only once it is told to. */
function heldAt(store: Store, held: keyof Store) {
  let open: () => void = () => undefined
  let waiting = 0
  const gate = new Promise<void>((resolve) => (open = resolve))
  const slow = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (name !== held || typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        waiting += 1
        await gate
        return (member as (...all: unknown[]) => unknown).apply(target, args)
      }
    },
  })
  return { slow, open, waiting: () => waiting }
}

async function setUp(limits: Partial<Limits>, held: keyof Store) {
  const clock = fixedClock(1_800_000_000_000)
  const { slow, open, waiting } = heldAt(memoryStore(), held)
  const newel = createNewel({
    url,
    store: slow,
    masterKey: base64url.encode(crypto.getRandomValues(new Uint8Array(32))),
    tenants: [
      {
        id: 'bank',
        name: 'Bank',
        origins: [origin],
        publishableKey,
        secretKeys: [secretKey],
        policy: { ...defaultPolicy, audit_share: 0, actions: { read: { params: 'none' } } },
      },
    ],
    mailer: createMailbox(),
    limits: { deadlineMs: 60_000, ...limits },
    now: clock.now,
  })
  await newel.fetch(new Request(`${url}/${held === 'health' ? 'openapi.json' : 'readyz'}`))
  const probe = async (path: string): Promise<number> => (await newel.fetch(new Request(url + path))).status
  const hello = (address?: string) =>
    newel.fetch(
      new Request(`${url}/v1/hello`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin, 'newel-key': publishableKey },
        body: JSON.stringify({ jkt: 'k'.repeat(43) }),
      }),
      address === undefined ? {} : { address },
    )
  const backEnd = (path: string, body: object, key = secretKey) =>
    newel.fetch(
      new Request(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
      { address: '203.0.113.7' },
    )
  const assess = (key?: string, more: object = {}) =>
    backEnd('/v1/assessments', { op: random(), action: 'read', aud: origin, request: {}, ...more }, key)
  const device = async (address: string) =>
    testDevice({ newel, url, publishableKey, origin, now: clock.now, address })
  return { clock, hello, probe, assess, device, open, waiting }
}

const codeOf = async (response: Response) => ((await response.json()) as { code?: string }).code

describe('signals of one address', () => {
  it('are limited, with the time to wait, and those of others are not', async () => {
    const { clock, hello, assess } = await setUp({ signalsPerMinute: 3 }, 'close')
    for (let call = 0; call < 3; call++) expect((await hello('192.0.2.1')).status).toBe(200)
    const refused = await hello('192.0.2.1')
    expect([refused.status, refused.headers.get('retry-after'), await codeOf(refused)]).toEqual([
      429,
      '20',
      'too_many_requests',
    ])
    // The page can read it, and how long to wait.
    expect(refused.headers.get('access-control-allow-origin')).toBe(origin)
    expect((await hello('192.0.2.2')).status).toBe(200)
    expect((await assess()).status).toBe(200)
    clock.advance(20_000)
    expect((await hello('192.0.2.1')).status).toBe(200)
    expect((await hello('192.0.2.1')).status).toBe(429)
  })

  it('count by the network that one subscriber has, so that IPv6 gives nobody more', async () => {
    const { hello } = await setUp({ signalsPerMinute: 2 }, 'close')
    expect((await hello('2001:db8:1:2::1')).status).toBe(200)
    expect((await hello('2001:db8:1:2:ffff::9')).status).toBe(200)
    expect((await hello('2001:db8:1:2:1:2:3:4')).status).toBe(429)
    expect((await hello('2001:db8:1:3::1')).status).toBe(200)
    // The same IPv4 address in both its forms.
    expect((await hello('192.0.2.1')).status).toBe(200)
    expect((await hello('::ffff:192.0.2.1')).status).toBe(200)
    expect((await hello('192.0.2.1')).status).toBe(429)
  })

  it('have sixteen shares together where the host names no address', async () => {
    const { hello } = await setUp({ signalsPerMinute: 2 }, 'close')
    for (let call = 0; call < 32; call++) expect((await hello()).status).toBe(200)
    expect((await hello()).status).toBe(429)
    expect((await hello('192.0.2.1')).status).toBe(200)
  })

  it('count envelopes and greetings together', async () => {
    const { device } = await setUp({ signalsPerMinute: 3 }, 'close')
    const visitor = await device('192.0.2.1')
    await visitor.observe()
    await visitor.observe()
    await expect(visitor.observe()).rejects.toMatchObject({ problem: { code: 'too_many_requests' } })
  })
})

describe('callers without a key of their own', () => {
  it('who ask for challenges that are not theirs take no place from assessments', async () => {
    const { device, assess, open, waiting } = await setUp({ inFlight: 8 }, 'loadChallenge')
    const strangers = await Promise.all(
      Array.from({ length: 8 }, (_, address) => device(`192.0.${address}.1`)),
    )
    for (const stranger of strangers) await stranger.observe()
    const asking = [...strangers, ...strangers].map((stranger) => stranger.challenge(somebodys).view())
    await expect.poll(waiting).toBe(16)
    expect((await assess()).status).toBe(200)
    open()
    for (const { status } of await Promise.allSettled(asking)) expect(status).toBe('rejected')
  })

  it('of one network have half of the work, however many addresses they use', async () => {
    const { device, open, waiting } = await setUp({ inFlight: 8 }, 'loadChallenge')
    const lines = await Promise.all(Array.from({ length: 5 }, (_, line) => device(`2001:db8:1:${line}::1`)))
    for (const stranger of lines) await stranger.observe()
    const asking = lines.slice(0, 4).map((stranger) => stranger.challenge(somebodys).view())
    await expect.poll(waiting).toBe(4)
    await expect(lines[4]?.challenge(somebodys).view()).rejects.toMatchObject({
      problem: { code: 'too_many_requests' },
    })
    open()
    for (const { status } of await Promise.allSettled(asking)) expect(status).toBe('rejected')
  })

  it('of all networks have twice the work of back ends, and no more', async () => {
    const { device, assess, open, waiting } = await setUp({ inFlight: 4 }, 'loadChallenge')
    const strangers = await Promise.all(Array.from({ length: 9 }, (_, each) => device(`192.0.${each}.1`)))
    for (const stranger of strangers) await stranger.observe()
    const asking = strangers.slice(0, 8).map((stranger) => stranger.challenge(somebodys).view())
    await expect.poll(waiting).toBe(8)
    await expect(strangers[8]?.challenge(somebodys).view()).rejects.toMatchObject({
      problem: { code: 'newel_unavailable' },
    })
    expect((await assess()).status).toBe(200)
    open()
    for (const { status } of await Promise.allSettled(asking)) expect(status).toBe('rejected')
  })

  it('have a quarter of the work from one address, and no more', async () => {
    const { device, open, waiting } = await setUp({ inFlight: 8 }, 'loadChallenge')
    const stranger = await device('192.0.2.1')
    await stranger.observe()
    const asking = [1, 2].map(() => stranger.challenge(somebodys).view())
    await expect.poll(waiting).toBe(2)
    await expect(stranger.challenge(somebodys).view()).rejects.toMatchObject({
      problem: { code: 'too_many_requests' },
    })
    open()
    for (const { status } of await Promise.allSettled(asking)) expect(status).toBe('rejected')
  })

  it('with a wrong secret key take no place from those with the right one', async () => {
    const { assess, open, waiting } = await setUp({ inFlight: 8 }, 'loadAssessment')
    const wrong = Array.from({ length: 20 }, () => assess(`sk_bank_${'x'.repeat(40)}`))
    await expect.poll(waiting).toBe(6)
    const right = Array.from({ length: 8 }, () => assess())
    await expect.poll(waiting).toBe(14)
    open()
    for (const response of right) expect((await response).status).toBe(200)
    const refused = await Promise.all(wrong.map(async (response) => (await response).status))
    expect(refused.sort()).toEqual([...Array<number>(6).fill(401), ...Array<number>(14).fill(503)])
  })

  it('who name a tenant that does not exist learn so and leave nothing in memory, whatever they send', async () => {
    const { assess } = await setUp({}, 'close')
    const part = (value: object) => base64url.encode(JSON.stringify(value))
    const claims = {
      iss: url,
      aud: 'newel:receipt',
      iat: 1,
      exp: 2,
      jti: random(),
      jkt: 'k'.repeat(43),
      env: 'e'.repeat(43),
      visit: random(),
      seen: { at_ms: 1, ip: 'no address' },
    }
    const receipt = `${part({ alg: 'HS256', typ: 'newel-receipt+jwt' })}.${part(claims)}.${random()}`
    const request = { ip: '192.0.2.1', user_agent: 'Browser/1.0' }
    const makesKey = vi.spyOn(crypto.subtle, 'importKey')
    const digests = vi.spyOn(crypto.subtle, 'sign')
    try {
      for (const more of [{ request }, { receipt }, { request, receipt }])
        expect((await assess(`sk_nobody_${'x'.repeat(40)}`, more)).status).toBe(401)
      expect([makesKey.mock.calls, digests.mock.calls]).toEqual([[], []])
    } finally {
      makesKey.mockRestore()
      digests.mockRestore()
    }
  })

  it('who ask for public keys share one look at the database a tenant, and sixteen for names that are none', async () => {
    const { probe, assess, open, waiting } = await setUp({}, 'readTenantRevision')
    const keysOf = (tenant: string) => probe(`/t/${tenant}/.well-known/jwks.json`)
    const names = Array.from({ length: 40 }, (_, name) => keysOf(`nobody-${name}`))
    const own = Array.from({ length: 100 }, () => keysOf('bank'))
    await expect.poll(waiting).toBe(17)
    expect((await assess()).status).toBe(200)
    open()
    expect(new Set(await Promise.all(own))).toEqual(new Set([200]))
    const answers = await Promise.all(names)
    expect([404, 503].map((status) => answers.filter((each) => each === status).length)).toEqual([16, 24])
    expect(await keysOf('nobody')).toBe(404)
  })

  it('who ask whether it is ready share one look at the database, and are told alike', async () => {
    const { probe, open, waiting } = await setUp({}, 'health')
    const probes = Array.from({ length: 100 }, () => probe('/readyz'))
    await expect.poll(waiting).toBe(1)
    open()
    expect(new Set(await Promise.all(probes))).toEqual(new Set([200]))
    expect(await probe('/readyz')).toBe(200)
    expect(waiting()).toBe(2)
  })
})
