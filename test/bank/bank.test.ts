import { createApp, tenant } from '@newel/example-bank'
import type { BankApp } from '@newel/example-bank'
import { createTestNewel } from '@newel/testkit'
import type { TestDevice, TestNewel } from '@newel/testkit'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { hashPassword } from '../../examples/bank/src/ledger/passwords.ts'

// The first start hashes passwords as slowly as for real.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 })

const origin = 'https://larkfield.test'

let template: string
let folder: string
let newel: TestNewel
let bank: BankApp

const open = (dataFolder: string, backEnd?: string): Promise<BankApp> =>
  createApp(
    {
      newel,
      url: newel.url,
      origin,
      tenant: newel,
      sdkFolder: '/nowhere',
      dataFolder,
      mailbox: { list: () => [] },
      decisions: async () => [],
      learned: async () => undefined,
    },
    { now: newel.clock.now, ...(backEnd !== undefined && { backEnd }) },
  )

beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), 'bank-'))
  newel = createTestNewel({ policy: tenant.policy, origin })
  const seeded = await open(template)
  seeded.close()
  // The tests sign in often; theirs are hashed at the lowest cost.
  const db = new DatabaseSync(join(template, 'bank.db'))
  const update = db.prepare('update account set password = ? where name = ?')
  update.run(await hashPassword('correct horse', 1), 'maya')
  update.run(await hashPassword('battery staple', 1), 'tom')
  db.close()
})
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bank-'))
  copyFileSync(join(template, 'bank.db'), join(folder, 'bank.db'))
  newel = createTestNewel({ policy: tenant.policy, origin })
  bank = await open(folder)
})
afterEach(() => {
  bank.close()
  rmSync(folder, { recursive: true })
})
afterAll(() => {
  rmSync(template, { recursive: true })
})

/** A browser at the bank: its device, and the cookies of one seat. */
interface Browser {
  readonly device: TestDevice
  cookie: string
  post(path: string, body: object, headers?: Readonly<Record<string, string>>): Promise<Response>
  get(path: string): Promise<Response>
}

async function browse(device?: TestDevice, base = '/bank'): Promise<Browser> {
  const own = device ?? (await newel.device())
  const send = async (path: string, init: RequestInit, headers: Readonly<Record<string, string>>) => {
    const response = await bank.fetch(
      new Request(`${origin}${base}/api${path}`, {
        ...init,
        headers: {
          ...headers,
          ...(browser.cookie && { cookie: browser.cookie }),
          'content-type': 'application/json',
        },
      }),
      { address: '192.0.2.10' },
    )
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      browser.cookie = pair.endsWith('=') ? '' : pair
    }
    return response
  }
  const browser: Browser = {
    device: own,
    cookie: '',
    post: async (path, body, headers) =>
      send(path, { method: 'POST', body: JSON.stringify(body) }, headers ?? (await own.headers())),
    get: (path) => send(path, {}, { 'sec-fetch-site': 'same-origin' }),
  }
  return browser
}

const password = { name: 'maya', password: 'correct horse' }

async function signIn(browser: Browser): Promise<'nothing' | 'a proof'> {
  const first = await browser.post('/sign-in', password)
  if (first.ok) return 'nothing'
  const second = await browser.post('/sign-in', password, await browser.device.steppedUp(first))
  expect(second.status).toBe(200)
  return 'a proof'
}

const balance = async (browser: Browser): Promise<string> =>
  ((await (await browser.get('/account')).json()) as { balance: string }).balance

describe('signing in', () => {
  it('asks for a mailed code the first time and for nothing the second', async () => {
    const browser = await browse()
    expect(await signIn(browser)).toBe('a proof')
    await browser.post('/sign-out', {})
    browser.device.reset()
    expect(await signIn(browser)).toBe('nothing')
  })

  it('answers a wrong password and an unknown name alike, and asks Newel about neither', async () => {
    const browser = await browse()
    const wrong = await browser.post('/sign-in', { ...password, password: 'correct horsE' })
    const unknown = await browser.post('/sign-in', { ...password, name: 'nobody' })
    expect([wrong.status, unknown.status]).toEqual([401, 401])
    expect(await wrong.text()).toBe(await unknown.text())
    expect(wrong.headers.get('www-authenticate')).toBeNull()
    expect(newel.mailbox.mails).toHaveLength(0)
  })

  it('lets nobody guess on: by name, be it a customer or not, and by address', async () => {
    const browser = await browse()
    const tries = async (name: string, guess: string) =>
      (await browser.post('/sign-in', { name, password: guess })).status
    for (const name of ['maya', 'nobody']) {
      for (let guess = 0; guess < 5; guess++) expect(await tries(name, `${guess}`)).toBe(401)
      const refused = await browser.post('/sign-in', { name, password: 'correct horse' })
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    }
    // Ten from here: what they guess at does not matter.
    expect(await tries('tom', 'summer')).toBe(429)
    newel.clock.advance(60_000)
    expect(await signIn(browser)).toBe('a proof')
  })

  it('counts guesses that are made side by side', async () => {
    const browser = await browse()
    const headers = await browser.device.headers()
    const racing = await Promise.all(
      Array.from({ length: 12 }, (_, guess) =>
        browser.post('/sign-in', { name: 'maya', password: `${guess}` }, headers),
      ),
    )
    expect(racing.map(({ status }) => status).filter((status) => status === 401)).toHaveLength(5)
  })

  it('checks the password again on the repeat', async () => {
    const browser = await browse()
    const refused = await browser.post('/sign-in', password)
    const repeat = await browser.device.steppedUp(refused)
    expect((await browser.post('/sign-in', { ...password, password: 'x' }, repeat)).status).toBe(401)
    expect(browser.cookie).toBe('')
  })

  it('does not take a proof that another customer gave', async () => {
    const browser = await browse()
    const refused = await browser.post('/sign-in', { name: 'tom', password: 'battery staple' })
    const repeat = await browser.device.steppedUp(refused)
    expect((await browser.post('/sign-in', password, repeat)).status).toBe(401)
    expect(browser.cookie).toBe('')
  })

  it('gives a session a new id each time, and ends the one before', async () => {
    const browser = await browse()
    await signIn(browser)
    const before = browser.cookie
    await signIn(browser)
    expect(browser.cookie).not.toBe(before)
    const stale = { ...browser, cookie: before }
    const response = await bank.fetch(
      new Request(`${origin}/bank/api/account`, {
        headers: { cookie: stale.cookie, 'sec-fetch-site': 'same-origin' },
      }),
      {},
    )
    expect(response.status).toBe(401)
  })

  it('keeps the cookie from scripts and from other sites', async () => {
    const browser = await browse()
    const refused = await browser.post('/sign-in', password)
    const response = await browser.post('/sign-in', password, await browser.device.steppedUp(refused))
    const [cookie = ''] = response.headers.getSetCookie()
    expect(cookie).toMatch(/HttpOnly/)
    expect(cookie).toMatch(/SameSite=Lax/)
    expect(cookie).toMatch(/Secure/)
  })

  it('challenges whoever has the password on another device', async () => {
    await signIn(await browse())
    const attacker = await browse(
      await newel.device({ observations: { 'device-key@1': { value: { ephemeral: true } } } }),
      '/attacker',
    )
    const refused = await attacker.post('/sign-in', password)
    expect(refused.status).toBe(401)
    expect(await refused.json()).toMatchObject({ code: 'insufficient_user_authentication' })
    expect(attacker.cookie).toBe('')
  })

  it('serves nobody while Newel is away', async () => {
    const browser = await browse()
    const headers = await browser.device.headers()
    newel.next('unavailable')
    expect((await browser.post('/sign-in', password, headers)).status).toBe(503)
    expect(browser.cookie).toBe('')
  })
})

describe('a transfer', () => {
  it('goes through once, with the amount in one form', async () => {
    const browser = await browse()
    await signIn(browser)
    expect(await (await browser.post('/transfers', { to: ' Tom Lindqvist ', amount: '25' })).json()).toEqual({
      paid: '25.00',
      to: 'Tom Lindqvist',
    })
    expect(await balance(browser)).toBe('8398.15')
  })

  it('takes a proof for itself alone', async () => {
    const browser = await browse()
    await signIn(browser)
    newel.next('challenge')
    const refused = await browser.post('/transfers', { to: 'Tom Lindqvist', amount: '25' })
    const repeat = await browser.device.steppedUp(refused)
    for (const other of [
      { to: 'Tom Lindqvist', amount: '250' },
      { to: 'Mallory', amount: '25' },
      { to: 'Tom Lindqvist', amount: '2500' },
    ]) {
      const response = await browser.post('/transfers', other, repeat)
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({ code: 'invalid_token' })
    }
    expect(await balance(browser)).toBe('8423.15')
  })

  it('is paid once, however often its proof arrives', async () => {
    const browser = await browse()
    await signIn(browser)
    newel.next('challenge')
    const order = { to: 'Tom Lindqvist', amount: '25' }
    const repeat = await browser.device.steppedUp(await browser.post('/transfers', order))
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => browser.post('/transfers', order, repeat)),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401])
    expect(await balance(browser)).toBe('8398.15')
  })

  it('has to do more for a large amount', async () => {
    const browser = await browse()
    await signIn(browser)
    const large = { to: 'Tom Lindqvist', amount: '1000.00' }
    expect(await (await browser.post('/transfers', large)).json()).toMatchObject({
      code: 'unmet_authentication_requirements',
    })
    const opened = await browser.post('/authenticators', { method: 'passkey' })
    const repeat = await browser.device.steppedUp(opened)
    const enrolled = await browser.post('/authenticators', { method: 'passkey' }, repeat)
    const { enrollment } = (await enrolled.json()) as { enrollment: { id: string } }
    await browser.device.enroll(enrollment.id)
    const refused = await browser.post('/transfers', large)
    expect(await refused.clone().json()).toMatchObject({ acr_values: 'phr' })
    const paid = await browser.post('/transfers', large, await browser.device.steppedUp(refused, 'passkey'))
    expect(paid.status).toBe(200)
    expect(await balance(browser)).toBe('7423.15')
  })

  it('is refused where payee or amount are none, and Newel is not asked', async () => {
    const browser = await browse()
    await signIn(browser)
    newel.next('unavailable')
    for (const order of [
      { to: '', amount: '1' },
      { to: 'Tom', amount: '-1' },
      { to: 'Tom', amount: '1e5' },
      { to: 'Tom', amount: 5 },
      { to: 'Tom', amount: '1', note: 'x' },
      { amount: '1' },
    ]) {
      expect((await browser.post('/transfers', order)).status).toBe(400)
    }
  })

  it('is refused where the balance does not reach', async () => {
    const browser = await browse()
    await signIn(browser)
    expect((await browser.post('/transfers', { to: 'Tom', amount: '8423.16' })).status).toBe(409)
  })

  it('is challenged where the session is there and the device key is not', async () => {
    const browser = await browse()
    await signIn(browser)
    const thief = await browse()
    thief.cookie = browser.cookie
    const response = await thief.post('/transfers', { to: 'Mallory', amount: '25' })
    expect(response.status).toBeGreaterThanOrEqual(401)
    expect(await balance(browser)).toBe('8423.15')
  })
})

describe('the address', () => {
  it('is changed by what the guard has hashed', async () => {
    const browser = await browse()
    await signIn(browser)
    expect((await browser.post('/address', { address: ' 1 New Street ' })).status).toBe(200)
    expect(await (await browser.get('/account')).json()).toMatchObject({ address: '1 New Street' })
  })

  it('is not changed to what is none', async () => {
    const browser = await browse()
    await signIn(browser)
    for (const body of [{}, { address: '  ' }, { address: 5 }, { address: 'x'.repeat(201) }]) {
      expect((await browser.post('/address', body)).status).toBe(400)
    }
  })
})

describe('pages of others', () => {
  it('cannot call the bank', async () => {
    const browser = await browse()
    await signIn(browser)
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'null' },
      {},
    ] as Record<string, string>[]) {
      expect((await browser.post('/sign-out', {}, headers)).status).toBe(403)
    }
    expect((await browser.get('/account')).status).toBe(200)
  })

  it('load nothing into the bank and put it into no frame', async () => {
    const response = await bank.fetch(new Request(`${origin}/bank/`), {})
    const csp = response.headers.get('content-security-policy') ?? ''
    expect(csp).toContain("default-src 'none'")
    expect(csp).toContain("script-src 'self';")
    expect(csp).toContain("frame-ancestors 'self'")
    expect(csp).not.toContain('unsafe')
  })
})

it('answers a page of another origin where it is told to, and no third one', async () => {
  const api = 'https://api.larkfield.test'
  const split = await open(folder, api)
  const ask = (from: string, method = 'GET'): Promise<Response> =>
    Promise.resolve(
      split.fetch(new Request(`${api}/bank/api/account`, { method, headers: { origin: from } }), {}),
    )
  const own = await ask(origin)
  expect(own.headers.get('access-control-allow-origin')).toBe(origin)
  expect(own.headers.get('access-control-allow-credentials')).toBe('true')
  expect((await ask(origin, 'OPTIONS')).headers.get('access-control-allow-headers')).toContain('newel-token')
  const foreign = await ask('https://evil.example')
  expect(foreign.status).toBe(403)
  expect(foreign.headers.get('access-control-allow-origin')).toBeNull()
  const page = await (await split.fetch(new Request(`${origin}/bank/`), {})).text()
  expect(page).toContain(`data-api="${api}/bank/api"`)
  split.close()
})

it('serves the scripts of its pages without their types, and nothing beside them', async () => {
  const get = (path: string): Promise<Response> =>
    Promise.resolve(bank.fetch(new Request(`${origin}${path}`), {}))
  const script = await get('/assets/bank.js')
  expect(script.headers.get('content-type')).toContain('text/javascript')
  expect(await script.text()).not.toMatch(/interface |\.ts'/)
  for (const path of [
    '/assets/app.ts',
    '/assets/bank.ts',
    '/assets/..%2fpolicy.ts',
    '/sdk/..%2fx.js',
    '/nowhere',
  ]) {
    expect((await get(path)).status).toBe(404)
  }
})
