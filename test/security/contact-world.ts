import { createGuard } from '@newel/guard'
import { defaultPolicy } from '@newel/server'
import { createTestNewel, type TestDevice, type TestNewel } from '@newel/testkit'
import { expect } from 'vitest'

export const hourMs = 3_600_000
const policy = {
  ...defaultPolicy,
  actions: { pay: { params: { to: { type: 'string' } }, once: true } },
} as const

export function setUpWith() {
  const newel = createTestNewel({ policy, holdHours: 24 })
  const guard = createGuard({
    server: newel,
    secretKey: newel.secretKey,
    aud: newel.origin,
    clientAddress: 'unknown',
    logger: { log: () => undefined },
  })
  return { newel, guard }
}

async function authenticatorsOf(newel: TestNewel): Promise<readonly { readonly id: string }[]> {
  const response = await newel.fetch(
    new Request(`${newel.url}/v1/subjects/maya/authenticators`, {
      headers: { authorization: `Bearer ${newel.secretKey}` },
    }),
  )
  return ((await response.json()) as { authenticators: { id: string }[] }).authenticators
}

/** The address rides along with every question, as applications send it. */
export function riding() {
  const { newel, guard } = setUpWith()
  let email: { value: string; verified_at_ms?: number } | undefined
  const ask = async (device: TestDevice, more: object = {}) =>
    guard.check({
      action: 'pay',
      params: { to: 'x' },
      subject: { id: 'maya', ...(email && { email }) },
      session: 'of maya',
      request: { headers: new Headers(await device.headers()) },
      ...more,
    })
  return {
    newel,
    guard,
    says: (value: string, verifiedAtMs?: number) => {
      email = { value, ...(verifiedAtMs !== undefined && { verified_at_ms: verifiedAtMs }) }
    },
    /** Where a code goes; `undefined` where there is no way to send one. */
    asked: async (): Promise<string | undefined> => {
      const device = await newel.device()
      const refused = await ask(device)
      if (refused.ok) throw new Error('nothing was asked')
      const { challenge } = (await refused.response.json()) as { challenge?: { id: string } }
      if (challenge === undefined) return undefined
      await device.challenge(challenge.id).start('email')
      return newel.mailbox.mails.at(-1)?.to
    },
    ask,
    /** What maya can answer with. */
    authenticators: () => authenticatorsOf(newel),
  }
}

type Riding = ReturnType<typeof riding>

/** Maya removes the only thing that she can answer with, an hour ago. */
export async function removed() {
  const world = riding()
  const { newel, guard, says } = world
  says('maya@mail.test', newel.clock.now())
  expect(await world.asked()).toBe('maya@mail.test')
  newel.clock.advance(hourMs)
  const device = await newel.device()
  const who = { subject: { id: 'maya' }, session: 'of maya' }
  const [contact, ...more] = await world.authenticators()
  expect(more).toEqual([])
  const authenticator = contact?.id ?? ''
  const remove = async (token?: string) =>
    guard.remove({
      ...who,
      authenticator,
      request: { headers: new Headers(await device.headers(token)) },
    })
  const { challenge } = (await (await remove()).json()) as { challenge: { id: string } }
  expect((await remove(await device.pass(challenge.id, 'email'))).status).toBe(200)
  newel.clock.advance(hourMs)
  return { ...world, removedAtMs: newel.clock.now() - hourMs }
}

/** Maya confirms the address that waits, by a code that is mailed there. */
export async function confirmed({ newel, guard }: Riding): Promise<void> {
  const device = await newel.device()
  const enroll = async (token?: string) =>
    guard.enroll({
      subject: { id: 'maya' },
      session: 'of maya',
      method: 'email',
      request: { headers: new Headers(await device.headers(token)) },
    })
  const { challenge } = (await (await enroll()).json()) as { challenge: { id: string } }
  const opened = await enroll(await device.pass(challenge.id, 'email'))
  const { enrollment } = (await opened.json()) as { enrollment: { id: string } }
  newel.clock.advance(60_000)
  await device.enroll(enrollment.id)
}

/** Eve answers wrongly until maya's address is disabled, the last time an hour ago. */
export async function disabled() {
  const world = riding()
  const { newel, says, ask } = world
  says('maya@mail.test', newel.clock.now())
  const eve = await newel.device()
  // Two within the life of a challenge, slow enough for the limits that let go again.
  for (let round = 0; round < 50; round++) {
    const refused = await ask(eve)
    if (refused.ok) throw new Error('nothing was asked')
    const { challenge } = (await refused.response.json()) as { challenge: { id: string } }
    for (let attempt = 0; attempt < 2; attempt++) {
      newel.clock.advance(100_000)
      await expect(eve.challenge(challenge.id).verify('email', { code: '00000000' })).rejects.toMatchObject({
        problem: { code: 'verification_failed' },
      })
    }
  }
  newel.clock.advance(hourMs)
  expect(await world.asked()).toBeUndefined()
  return world
}
