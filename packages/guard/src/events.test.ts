import { describe, expect, it } from 'vitest'
import {
  assessmentId,
  fakeNewel,
  jws,
  networkError,
  origin,
  problem,
  secretKey,
  type FakeReply,
} from '../test/fake-newel.ts'
import { GuardError } from './error.ts'
import type { ReportedEvent } from './events.ts'
import { createGuard } from './guard.ts'
import { hashSession } from './session.ts'

const request = {
  headers: new Headers({
    origin,
    'user-agent': 'Mozilla/5.0',
    'newel-receipt': jws('receipt'),
    'newel-proof': jws('proof'),
  }),
  peer: '192.0.2.7',
}

function setUp(...replies: FakeReply[]) {
  const newel = fakeNewel(...replies)
  const guard = createGuard({
    server: newel,
    secretKey,
    aud: origin,
    clientAddress: (from) => from.peer,
    logger: { log: () => undefined },
  })
  return { newel, guard }
}

describe('an event', () => {
  const subject = { id: 'u1' }
  const events: ReportedEvent[] = [
    { type: 'login.failed' },
    { type: 'login.failed', subject, request },
    { type: 'session.started', subject, session: 's1', vouched: true, request },
    { type: 'session.renewed', subject, session: 's2', previous: 's1' },
    { type: 'session.ended', subject, session: 's2', reason: 'signed_out' },
    { type: 'subject.created', subject, request },
    { type: 'credential.changed', subject, credential: 'password' },
  ]

  it.each(events.map((event) => [event.type, event] as const))(
    '(%s) is told in the words of the wire',
    async (type, event) => {
      const { newel, guard } = setUp({ json: { accepted: true } })
      expect(await guard.report(event)).toEqual({ ok: true })
      expect(newel.refusedBySchema).toEqual([])
      expect(newel.calls[0]).toMatchObject({ method: 'POST', path: '/v1/events', body: { type } })
    },
  )

  it('says of sessions only their hashes', async () => {
    const { newel, guard } = setUp({ json: { accepted: true } })
    await guard.report({ type: 'session.renewed', subject, session: 's2', previous: 's1' })
    expect(newel.calls[0]?.body).toMatchObject({
      session: await hashSession(origin, 's2'),
      previous: await hashSession(origin, 's1'),
    })
  })

  it('carries what is known of the request that brought it about, and without one nothing', async () => {
    const { newel, guard } = setUp({ json: { accepted: true } }, { json: { accepted: true } })
    await guard.report({ type: 'login.failed', request })
    await guard.report({ type: 'login.failed' })
    expect(newel.calls[0]?.body).toMatchObject({
      aud: origin,
      receipt: jws('receipt'),
      proof: jws('proof'),
      request: { ip: '192.0.2.7', user_agent: 'Mozilla/5.0' },
    })
    expect(Object.keys(newel.calls[1]?.body ?? {}).sort()).toEqual(['op', 'type'])
  })

  it('stops no sign-in while Newel is away, and is repeated once under its op', async () => {
    const { newel, guard } = setUp(networkError(), networkError())
    expect(await guard.report({ type: 'login.failed' })).toMatchObject({
      ok: false,
      problem: { code: 'newel_unavailable' },
    })
    expect(newel.calls[0]).toEqual(newel.calls[1])
  })

  it('throws what the application got wrong', async () => {
    const { guard } = setUp(
      problem('invalid_request', 400, { errors: [{ pointer: '/subject/id', detail: 'opaque' }] }),
    )
    await expect(guard.report({ type: 'login.failed', subject: { id: 'a@b' } })).rejects.toThrow(GuardError)
  })
})

describe('feedback', () => {
  it('labels an assessment', async () => {
    const { newel, guard } = setUp({ json: { recorded: true } })
    const given = { assessment: assessmentId as `asm_${string}`, label: 'not_me', source: 'subject' } as const
    expect(await guard.feedback(given)).toEqual({ ok: true })
    expect(newel.refusedBySchema).toEqual([])
    expect(newel.calls[0]).toMatchObject({ path: '/v1/feedback', body: given })
  })
})
