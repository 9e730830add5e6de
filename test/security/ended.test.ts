/** What somebody has begun ends with the session, and with the word that it was fraud: nothing of it is finished afterwards. */
import { createGuard } from '@newel/guard'
import { defaultPolicy } from '@newel/server'
import { createTestNewel } from '@newel/testkit'
import { describe, expect, it } from 'vitest'
import { randomToken, sessionHash } from '../http/back-end.ts'

const policy = {
  ...defaultPolicy,
  actions: { move: { params: 'none', floor: { acr: 'newel:contact' } } },
} as const

async function setUp() {
  const newel = createTestNewel({ policy })
  const guard = createGuard({
    server: newel,
    secretKey: newel.secretKey,
    aud: newel.origin,
    clientAddress: 'unknown',
    logger: { log: () => undefined },
  })
  const subject = { id: 'maya' }
  const session = 'taken over'
  await guard.putSubject({ ...subject, email: { value: 'maya@mail.test', verified_at_ms: 1 } })
  const device = await newel.device()
  const request = async (token?: string) => ({ headers: new Headers(await device.headers(token)) })
  const check = async (token?: string) =>
    guard.check({ action: 'move', subject, session, request: await request(token) })
  async function asked() {
    const refused = await check()
    if (refused.ok || refused.problem.challenge === undefined) throw new Error('nothing was asked')
    return refused.problem.challenge.id
  }
  async function enrolling() {
    const ask = async (token?: string) =>
      (await guard.enroll({ subject, session, method: 'totp', request: await request(token) })).json()
    const { challenge } = (await ask()) as { challenge: { id: string } }
    const { enrollment } = (await ask(await device.pass(challenge.id))) as { enrollment: { id: string } }
    return enrollment.id
  }
  async function devices(): Promise<unknown> {
    const response = await newel.fetch(
      new Request(`${newel.url}/v1/subjects/maya/devices`, {
        headers: { authorization: `Bearer ${newel.secretKey}` },
      }),
    )
    return ((await response.json()) as { devices: unknown }).devices
  }
  return { newel, guard, subject, session, device, check, asked, enrolling, devices }
}

const failed = { problem: { code: 'verification_failed' } }

describe('a session that has ended', () => {
  const ended = async ({ guard, subject, session }: Awaited<ReturnType<typeof setUp>>) =>
    guard.report({
      type: 'session.ended',
      subject,
      session,
      reason: 'revoked',
      request: { headers: new Headers() },
    })

  it('leaves no challenge to be passed, and no device on record by one', async () => {
    const maya = await setUp()
    const challenge = maya.device.challenge(await maya.asked())
    await challenge.start('email')
    await ended(maya)
    const code = maya.newel.mailbox.latestCode()
    await expect(challenge.verify('email', { code })).rejects.toMatchObject(failed)
    expect(await maya.devices()).toEqual([])
  })

  it('leaves no enrolment to be finished', async () => {
    const maya = await setUp()
    const enrollment = await maya.enrolling()
    await ended(maya)
    await expect(maya.device.enroll(enrollment)).rejects.toMatchObject({
      problem: { code: 'challenge_unavailable' },
    })
  })
})

it('a session that has another id by now goes on with what it has begun', async () => {
  const maya = await setUp()
  const { guard, subject, session, device } = maya
  const enrollment = await maya.enrolling()
  const { request } = { request: { headers: new Headers() } }
  const renewed = {
    type: 'session.renewed',
    subject,
    previous: session,
    session: 'renewed',
    request,
  } as const
  expect(await guard.report(renewed)).toEqual({ ok: true })
  await device.enroll(enrollment)
})

describe('fraud', () => {
  /** Where the application asks without a guard, it knows the assessment before anything is passed. */
  async function assessed({ newel, device, subject, session }: Awaited<ReturnType<typeof setUp>>) {
    const headers = await device.headers()
    const response = await newel.fetch(
      new Request(`${newel.url}/v1/assessments`, {
        method: 'POST',
        headers: { authorization: `Bearer ${newel.secretKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          op: randomToken(),
          action: 'move',
          subject,
          session: await sessionHash(newel.origin, session),
          receipt: headers['Newel-Receipt'],
          proof: headers['Newel-Proof'],
          aud: newel.origin,
          request: {},
        }),
      }),
    )
    return (await response.json()) as { id: string; challenge: { id: string } }
  }
  const label = async ({ guard }: Awaited<ReturnType<typeof setUp>>, assessment: string) =>
    guard.feedback({ assessment: assessment as never, label: 'fraud', source: 'back_end' })

  it('ends the challenge that is open, and the same question opens another', async () => {
    const maya = await setUp()
    const asked = await assessed(maya)
    const challenge = maya.device.challenge(asked.challenge.id)
    await challenge.start('email')
    await label(maya, asked.id)
    const code = maya.newel.mailbox.latestCode()
    await expect(challenge.verify('email', { code })).rejects.toMatchObject(failed)
    expect(await maya.devices()).toEqual([])
    const again = await assessed(maya)
    expect(again.challenge.id).not.toBe(asked.challenge.id)
    await maya.device.pass(again.challenge.id)
  })

  it('takes back the token that is unspent', async () => {
    const maya = await setUp()
    const asked = await assessed(maya)
    const token = await maya.device.pass(asked.challenge.id)
    await label(maya, asked.id)
    expect(await maya.check(token)).toMatchObject({ ok: false, problem: { code: 'invalid_token' } })
  })

  it('leaves no enrolment to be finished', async () => {
    const maya = await setUp()
    const enrollment = await maya.enrolling()
    await label(maya, (await assessed(maya)).id)
    await expect(maya.device.enroll(enrollment)).rejects.toMatchObject({
      problem: { code: 'challenge_unavailable' },
    })
  })
})
