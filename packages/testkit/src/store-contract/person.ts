import type { Store } from '@newel/engine'
import type { Contract } from './api.ts'
import { attempt, failure, grant, pass, setUp, start } from './scene.ts'
import {
  authenticator,
  challenge,
  day,
  declare,
  envelope,
  event,
  id,
  loadAll,
  message,
  now,
  ones,
  op,
  open,
  proof,
  record,
  spend,
  subject,
  tenant,
  writeOf,
} from './rows.ts'

/** A subject with a row in every table that can name one; `tag` stands in everything that is its own. */
async function live(store: Store, tag: string, number: number, of = tenant): Promise<void> {
  const subject = `user-${tag}`
  const jkt = `jkt-${tag}`
  const session = `session-${tag}`
  const row = { tenant: of, subject }
  const opened = challenge(number, { ...row, jkt, session, openKey: `open-${tag}` })
  await store.recordEnvelope(
    envelope(number, { tenant: of, jkt, digest: `digest-${tag}`, body: `{"of":"${tag}"}` }),
    proof(`e-${number}-${of}`),
    8,
  )
  await store.recordAssessment({
    ...record(number),
    tenant: of,
    op: op(`assess-${number}`, { response: `{"of":"${tag}"}` }),
    assessment: { ...record(number).assessment, ...row, jkt, session },
    subject: writeOf({ subject, name: `Name ${tag}` }),
    authenticators: [authenticator(number, { ...row, method: 'email', destination: `mail-${tag}` })],
    session: { session, jkt, startedAtMs: now, endedAtMs: undefined },
    tie: { receipt: `receipt-${number}`, subject, session, expiresAtMs: now + day },
    demand: { action: 'a', acr: 'phr', nats: 1, atMs: now, untilMs: now + day, session, jkt },
    challenge: opened,
    event: event(number, { ...row, folds: true }),
  })
  const about = { tenant: of, id: opened.id, nowMs: now }
  await store.recordStart({
    ...about,
    start: 1,
    state: '{"secret":"state-secret"}',
    proof: proof(`s-${number}`),
    op: op(`start-${number}`),
    sends: [
      { key: `subject:${subject}`, number: 1 },
      { key: `destination:mail-${tag}`, number: 1 },
    ],
  })
  await store.recordAttempt({
    ...about,
    attempt: 1,
    authenticator: { id: authenticator(number).id, attempt: 1 },
    proof: proof(`a-${number}`),
  })
  await store.count(of, ones(`subject:${subject}`), now)
  await store.consume({
    tenant: of,
    spend: spend(number, { subject, jkt }),
    expiresAtMs: now + day,
    proof: proof(`c-${number}`),
    op: op(`consume-${number}`),
    nowMs: now,
  })
  await store.recordEvent({
    tenant: of,
    op: op(`event-${number}`),
    event: event(100 + number, row),
    grant: { id: id('grant', number), jkt, method: 'vouched', acr: 'newel:base', atMs: now },
    assurance: { acr: 'phr', authTimeMs: now, session, jkt },
    nowMs: now,
  })
  await store.putSubject({
    tenant: of,
    subject: writeOf({ subject }),
    authenticators: [],
    binds: [],
    removes: [],
    outbox: [message(number, row)],
    nowMs: now,
  })
  await store.learn({ ...row, fromVersion: 0, profile: Uint8Array.of(1, 2), events: [], nowMs: now })
}

const everything = [
  'assessments',
  'assurances',
  'attempts',
  'authenticators',
  'challenges',
  'counters',
  'demands',
  'envelopes',
  'events',
  'grants',
  'open_challenges',
  'ops',
  'outbox',
  'sends',
  'sessions',
  'spends',
  'subjects',
  'ties',
]

export function personContract({ describe, test, expect }: Contract): void {
  describe('what is stored about a person', () => {
    test('an unknown person has no export and nothing to erase', async ({ store }) => {
      await declare(store)
      expect(await store.exportSubject(tenant, 'user-1')).toBe(undefined)
      expect(await store.eraseSubject(tenant, 'user-1')).toBe(false)
    })

    test('the export holds every table as JSON, without keys and sealed secrets', async ({ store }) => {
      await declare(store)
      await live(store, 'ada', 1)
      const exported = await store.exportSubject(tenant, 'user-ada')
      expect(Object.keys(exported ?? {}).sort()).toEqual(everything)
      const text = JSON.stringify(exported)
      expect(JSON.parse(text)).toEqual(exported)
      for (const secret of ['sealed-seed', 'state-secret', 'sealed-text', 'handle', tenant]) {
        expect(text).not.toContain(secret)
      }
      const named = Object.entries(exported ?? {}).filter(
        ([name]) => name !== 'envelopes' && name !== 'counters',
      )
      const of = named.flatMap(([, rows]) => rows as readonly { readonly subject: string }[])
      expect(new Set(of.map((row) => row.subject))).toEqual(new Set(['user-ada']))
      expect(exported?.['subjects']).toMatchObject([
        { subject: 'user-ada', name: 'Name ada', profile: 'AQI=' },
      ])
    })

    test('erasing leaves nothing of the person, and all of everybody else', async ({
      store,
      second,
      dump,
    }) => {
      await declare(store)
      await declare(store, 'other')
      await live(store, 'ada', 1)
      await live(store, 'bob', 2)
      await live(store, 'ada', 3, 'other')
      const bob = await store.exportSubject(tenant, 'user-bob')
      const namesake = await store.exportSubject('other', 'user-ada')
      expect(Object.keys(bob ?? {})).toHaveLength(everything.length)
      expect(Object.keys(namesake ?? {})).toHaveLength(everything.length)

      expect(await store.eraseSubject('other', 'user-ada')).toBe(true)
      expect(Object.keys((await second.exportSubject(tenant, 'user-ada')) ?? {})).toHaveLength(
        everything.length,
      )
      expect(await store.eraseSubject(tenant, 'user-ada')).toBe(true)

      expect(await second.exportSubject(tenant, 'user-ada')).toBe(undefined)
      expect(await second.exportSubject('other', 'user-ada')).toBe(undefined)
      expect(await second.exportSubject(tenant, 'user-bob')).toEqual(bob)
      expect(await store.eraseSubject(tenant, 'user-ada')).toBe(false)
      const left = await dump?.()
      if (left !== undefined) {
        expect(left).not.toContain('ada')
        expect(left.includes('user-bob')).toBe(true)
      }
    })

    test('erasing takes the answer to each assessment, and none that another subject has', async ({
      store,
    }) => {
      await declare(store)
      const about = (number: number, name: string) =>
        record(number, { assessment: { ...record(number).assessment, subject: name } })
      for (const [number, name] of [
        [1, 'user-1'],
        [2, 'user-1'],
        [3, 'user-2'],
      ] as const)
        await store.recordAssessment(about(number, name))
      await store.eraseSubject(tenant, 'user-1')
      const answered = async (number: number) =>
        (await loadAll(store, { op: `op-assess-${number}` })).op !== undefined
      expect([await answered(1), await answered(2), await answered(3)]).toEqual([false, false, true])
    })

    test('nothing is kept of a call that read before the subject was erased, and writes after', async ({
      store,
    }) => {
      await setUp(store)
      await store.eraseSubject(tenant, subject)
      const about = { tenant, nowMs: now, event: event(1, { folds: true }) }
      const late: Readonly<Record<string, () => Promise<{ readonly lost: boolean }>>> = {
        assessment: () =>
          store.recordAssessment(
            record(1, { subject: undefined, challenge: challenge(3), event: about.event }),
          ),
        event: () => store.recordEvent({ ...about, op: op('event') }),
        consume: () =>
          store.consume({
            ...about,
            spend: spend(1),
            expiresAtMs: now + day,
            proof: proof('spend'),
            op: op('spend'),
          }),
        start: () => store.recordStart(start(1, 'start', { sends: [{ key: 'subject:user-1', number: 1 }] })),
        attempt: () =>
          store.recordAttempt(attempt(1, 'try', { authenticator: { id: authenticator(1).id, attempt: 1 } })),
        failure: () => store.recordFailure(failure('failure', { event: about.event })),
        pass: () => store.recordPass(pass('pass', { grant, enrolled: authenticator(5), event: about.event })),
        label: () =>
          store.recordLabel({ ...about, subject, op: op('label'), revokesGrantsOf: id('assessment', 1) }),
        revocation: () => store.revokeDevice({ ...about, subject, jkt: 'jkt-1' }),
      }
      const lost: string[] = []
      for (const [name, call] of Object.entries(late)) if ((await call()).lost) lost.push(name)
      expect(lost).toEqual(Object.keys(late))
      expect(await store.exportSubject(tenant, subject)).toBe(undefined)
      expect(await store.readAssessment(tenant, id('assessment', 1))).toMatchObject({ assessment: undefined })
    })

    test('an erasure that meets an enrolment leaves no authenticator, whichever was first', async ({
      store,
      second,
    }) => {
      await declare(store)
      for (let number = 1; number <= 16; number++) {
        await open(store, challenge(number, { kind: 'enrollment' }))
        await Promise.all([
          store.recordPass(
            pass(`pass-${number}`, {
              id: challenge(number).id,
              grant: { ...grant, id: id('grant', number) },
              enrolled: authenticator(number),
              event: event(number),
              outbox: [message(number)],
            }),
          ),
          second.eraseSubject(tenant, subject),
        ])
        expect(await store.exportSubject(tenant, subject)).toBe(undefined)
      }
    })

    test('what a shared device observed is exported to neither of its users, and erased with the last', async ({
      store,
    }) => {
      await declare(store)
      const session = (name: string, number: number) =>
        record(number, {
          assessment: { ...record(number).assessment, subject: name },
          session: { session: `session-${number}`, jkt: 'jkt-1', startedAtMs: now, endedAtMs: undefined },
        })
      await store.recordEnvelope(envelope(1), proof('1'), 8)
      await store.recordAssessment(session('user-1', 1))
      await store.recordAssessment(session('user-2', 2))
      expect((await store.exportSubject(tenant, 'user-1'))?.['envelopes']).toBe(undefined)
      await store.eraseSubject(tenant, 'user-1')
      expect((await store.exportSubject(tenant, 'user-2'))?.['envelopes']).toHaveLength(1)
    })
  })
}
