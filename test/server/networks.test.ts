import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AssessmentWrite, Facts } from '@newel/engine'
import { createGuard, fromHeader } from '@newel/guard'
import { createNewel, defaultPolicy } from '@newel/server'
import { openNetworkFiles } from '@newel/server/node'
import { memoryStore } from '@newel/stores'
import { createMailbox, fixedClock, testDevice } from '@newel/testkit'
import { base64url } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeMmdb } from './support/mmdb.ts'

const origin = 'https://shop.test'
const url = `${origin}/newel`
const secretKey = `sk_shop_${'s'.repeat(40)}`
const publishableKey = `pk_shop_${'p'.repeat(20)}`
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'newel-networks-'))
  await writeFile(
    join(folder, 'city.mmdb'),
    writeMmdb({
      '192.0.2.0/24': {
        city: { names: { en: 'Oslo' } },
        country: { iso_code: 'NO' },
        location: { latitude: 59.91, longitude: 10.75, accuracy_radius: 20 },
      },
    }),
  )
  await writeFile(join(folder, 'abuse.txt'), '203.0.113.0/24\n')
})
afterAll(() => rm(folder, { recursive: true }))

/** A Newel with files of networks, whose records are kept. */
function open() {
  const clock = fixedClock(1_800_000_000_000)
  const mailbox = createMailbox()
  const store = memoryStore()
  const facts: Facts['network'][] = []
  const newel = createNewel({
    url,
    store: {
      ...store,
      recordAssessment: (write: AssessmentWrite) => {
        facts.push((JSON.parse(write.assessment.record) as { facts: Facts }).facts.network)
        return store.recordAssessment(write)
      },
    },
    masterKey: base64url.encode(crypto.getRandomValues(new Uint8Array(32))),
    tenants: [
      {
        id: 'shop',
        name: 'Shop',
        origins: [origin],
        publishableKey,
        secretKeys: [secretKey],
        policy: {
          ...defaultPolicy,
          audit_share: 0,
          actions: { 'sign-in': { params: 'none', starts_session: true } },
        },
      },
    ],
    mailer: mailbox,
    network: openNetworkFiles({
      city: join(folder, 'city.mmdb'),
      lists: [{ id: 'abuse', kind: 'blocked', file: join(folder, 'abuse.txt') }],
      server: { latitude: 59.91, longitude: 10.75 },
    }),
    now: clock.now,
  })
  const guard = createGuard({ server: newel, secretKey, aud: origin, clientAddress: fromHeader('x-client') })
  return { newel, guard, clock, mailbox, facts }
}

async function signIn(world: ReturnType<typeof open>, address: string, more: Record<string, string> = {}) {
  const { newel, guard, clock, mailbox, facts } = world
  const spoofing = {
    fetch: (request: Request, connection?: Parameters<typeof newel.fetch>[1]) => {
      for (const [name, value] of Object.entries(more)) request.headers.set(name, value)
      return newel.fetch(request, connection)
    },
  }
  const device = await testDevice({
    newel: spoofing,
    url,
    publishableKey,
    origin,
    now: clock.now,
    mailbox,
    address,
  })
  await device.observe()
  await guard.check({
    action: 'sign-in',
    subject: { id: 'maya', since_ms: 1 },
    request: { headers: new Headers({ ...(await device.headers()), 'x-client': address }) },
  })
  return facts.at(-1)
}

it('keeps place, list and version of the address that the browser connected from', async () => {
  const world = open()
  const home = await signIn(world, '192.0.2.10')
  expect(home).toMatchObject({
    country: 'NO',
    place: { latitude: 59.91, longitude: 10.75, radiusKm: 20, city: 'Oslo', serverKm: 0 },
    listed: [],
  })
  const listed = await signIn(world, '203.0.113.7')
  expect(listed?.listed).toEqual([
    {
      list: 'abuse',
      version: expect.stringMatching(/^[0-9a-f]{12}$/) as string,
      kind: 'blocked',
      weightPercent: 100,
      ageDays: expect.any(Number) as number,
    },
  ])
  expect(listed).not.toHaveProperty('place')
})

it('takes nothing of it from a header, whatever a browser writes there', async () => {
  const world = open()
  const plain = await signIn(world, '203.0.113.7')
  const forged = await signIn(world, '203.0.113.7', {
    'x-forwarded-for': '192.0.2.10',
    forwarded: 'for=192.0.2.10',
    'x-real-ip': '192.0.2.10',
    'cf-connecting-ip': '192.0.2.10',
    'cf-ipcountry': 'NO',
    'true-client-ip': '192.0.2.10',
  })
  expect(forged).toEqual(plain)
})
