import { createGuard } from '@newel/guard'
import { defaultPolicy } from '@newel/server'
import { createTestNewel } from '@newel/testkit'
import { describe, expect, it } from 'vitest'

const policy = {
  ...defaultPolicy,
  actions: { read: { params: 'none' }, 'sign-in': { params: 'none', starts_session: true } },
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
  await guard.putSubject({ ...subject, email: { value: 'maya@mail.test', verified_at_ms: 1 } })
  const device = await newel.device()
  const request = async (token?: string) => ({ headers: new Headers(await device.headers(token)) })
  /** Reads what takes a proof; says how it was allowed, or why not. */
  async function reads(session: string): Promise<string> {
    const require = { acr: 'newel:contact', maxAgeSeconds: 600 } as const
    const outcome = await guard.check({ action: 'read', subject, session, require, request: await request() })
    return outcome.ok ? outcome.via : outcome.problem.code
  }
  async function passed(outcome: Awaited<ReturnType<typeof guard.check>>): Promise<string> {
    if (outcome.ok) throw new Error('nothing was asked')
    return device.pass((outcome.problem as { challenge?: { id: string } }).challenge?.id ?? '')
  }
  return { newel, guard, subject, device, request, reads, passed }
}

describe('what was proven', () => {
  it('at a sign-in serves the session that it began, and none that begins on the device after a sign-out', async () => {
    const { guard, subject, device, request, reads, passed } = await setUp()
    const token = await passed(await guard.check({ action: 'sign-in', subject, request: await request() }))
    expect(await guard.check({ action: 'sign-in', subject, request: await request(token) })).toMatchObject({
      via: 'token',
    })
    await guard.report({ type: 'session.started', subject, session: 'first', request: await request() })
    expect(await reads('first')).toBe('assessment')
    await guard.report({ type: 'session.ended', subject, session: 'first', reason: 'signed_out' })
    device.reset()
    // Somebody who knows the password, on the same machine.
    expect(await guard.check({ action: 'sign-in', subject, request: await request() })).toMatchObject({
      via: 'assessment',
    })
    await guard.report({ type: 'session.started', subject, session: 'second', request: await request() })
    expect(await reads('second')).toBe('insufficient_user_authentication')
  })

  it('counts for nothing more once the assessment turned out to be fraud', async () => {
    const { guard, subject, request, reads, passed } = await setUp()
    const input = {
      action: 'read',
      subject,
      session: 'taken over',
      require: { acr: 'newel:contact', maxAgeSeconds: 600 },
    } as const
    const token = await passed(await guard.check({ ...input, request: await request() }))
    const done = await guard.check({ ...input, request: await request(token) })
    if (!done.ok || done.assessment === undefined) throw new Error('the token did not serve')
    expect(await reads('taken over')).toBe('assessment')
    await guard.feedback({
      assessment: done.assessment as never,
      label: 'fraud',
      source: 'back_end',
    })
    expect(await reads('taken over')).toBe('insufficient_user_authentication')
  })
})
