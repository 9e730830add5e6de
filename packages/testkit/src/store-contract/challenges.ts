import type { ChallengeStore, Store } from '@newel/engine'
import { winners, type Contract } from './api.ts'
import {
  assessment,
  authenticator,
  challenge,
  declare,
  event,
  id,
  loadAll,
  loadChallenge,
  now,
  op,
  open,
  proof,
  record,
  subject,
  tenant,
} from './rows.ts'

type Start = Parameters<ChallengeStore['recordStart']>[0]
type Attempt = Parameters<ChallengeStore['recordAttempt']>[0]
type Failure = Parameters<ChallengeStore['recordFailure']>[0]

const opened = challenge(1, { openKey: 'open-1' })
const other = challenge(2, { subject: 'user-2' })

const start = (number: number, name: string, more: Partial<Start> = {}): Start => ({
  tenant,
  id: opened.id,
  start: number,
  state: `{"start":"${name}"}`,
  proof: proof(name),
  op: op(name),
  sends: [],
  nowMs: now,
  ...more,
})

const attempt = (number: number, name: string, more: Partial<Attempt> = {}): Attempt => ({
  tenant,
  id: opened.id,
  attempt: number,
  authenticator: undefined,
  proof: proof(name),
  nowMs: now,
  ...more,
})

const failure = (name: string, more: Partial<Failure> = {}): Failure => ({
  tenant,
  id: opened.id,
  op: op(name, { status: 400 }),
  end: undefined,
  event: undefined,
  counters: [],
  nowMs: now,
  ...more,
})

/** The subject with an authenticator, and its challenge. */
async function setUp(store: Store): Promise<void> {
  await declare(store)
  await open(store, opened, { authenticators: [authenticator(1)] })
  await open(store, other, { authenticators: [authenticator(2, { subject: 'user-2' })] })
}

export function challengeContract({ describe, test, expect }: Contract): void {
  describe('challenges', () => {
    test('a challenge loads with its subject, authenticators and assessment', async ({ store, second }) => {
      await setUp(store)
      await store.recordStart(start(1, 'start', { sends: [{ key: `subject:${subject}`, number: 1 }] }))
      expect(await loadChallenge(second, opened, 'start')).toEqual({
        revision: 1,
        challenge: { ...opened, state: '{"start":"start"}', starts: 1 },
        op: op('start'),
        proofUsed: true,
        subject: (await loadAll(store)).subject,
        authenticators: [authenticator(1)],
        sends: [{ key: `subject:${subject}`, count: 1, latestMs: [now] }],
        assessment: assessment(1),
      })
    })

    test('an unknown challenge, or one of another tenant, loads without anything', async ({ store }) => {
      await setUp(store)
      await declare(store, 'other')
      for (const unknown of [challenge(9), { ...opened, tenant: 'other' }]) {
        expect(await loadChallenge(store, unknown)).toEqual({
          revision: 1,
          challenge: undefined,
          op: undefined,
          proofUsed: false,
          subject: undefined,
          authenticators: [],
          sends: [],
          assessment: undefined,
        })
      }
    })

    test('a proof is used once', async ({ store, race }) => {
      await declare(store)
      const call = (each: Store) => each.recordProof(tenant, proof('once'))
      expect(winners(await race(call))).toHaveLength(1)
      expect(winners(await race(call))).toHaveLength(0)
      expect(await store.recordProof('other', proof('once'))).toEqual({ lost: false })
    })
  })

  describe('starts and sends', () => {
    test('a start that another came before is lost, and its send is not counted', async ({ store }) => {
      await setUp(store)
      const sends = [{ key: `subject:${subject}`, number: 1 }]
      expect(await store.recordStart(start(1, 'a', { sends }))).toEqual({ lost: false })
      expect(
        await store.recordStart(start(1, 'b', { sends: [{ key: `subject:${subject}`, number: 2 }] })),
      ).toEqual({
        lost: true,
      })
      expect(await store.recordStart(start(2, 'c', { sends }))).toEqual({ lost: true })
      const loaded = await loadChallenge(store, opened, 'c')
      expect(loaded.challenge).toMatchObject({ starts: 1, state: '{"start":"a"}' })
      expect(loaded.sends).toEqual([{ key: `subject:${subject}`, count: 1, latestMs: [now] }])
      expect([loaded.op, loaded.proofUsed]).toEqual([undefined, false])
    })

    test('nothing starts on a challenge that ended or expired, or with a used proof or op', async ({
      store,
    }) => {
      await setUp(store)
      await store.recordStart(start(1, 'a'))
      expect(await store.recordStart(start(2, 'b', { proof: proof('a') }))).toEqual({ lost: true })
      expect(await store.recordStart(start(2, 'c', { op: op('a') }))).toEqual({ lost: true })
      expect(await store.recordStart(start(2, 'd', { nowMs: opened.expiresAtMs }))).toEqual({ lost: true })
      await store.recordFailure(failure('end', { end: 'exhausted' }))
      expect(await store.recordStart(start(2, 'e'))).toEqual({ lost: true })
      expect(await store.recordStart(start(1, 'f', { id: id('challenge', 9) }))).toEqual({ lost: true })
    })

    test('one of sixteen starts wins and sends once', async ({ store, race }) => {
      await setUp(store)
      const call = (each: Store, number: number) =>
        each.recordStart(start(1, `racer-${number}`, { sends: [{ key: `subject:${subject}`, number: 1 }] }))
      const [winner, ...others] = winners(await race(call))
      expect(others).toEqual([])
      expect(winners(await race(call))).toEqual([])
      const loaded = await loadChallenge(store, opened, `racer-${winner!}`)
      expect(loaded.challenge?.state).toBe(`{"start":"racer-${winner!}"}`)
      expect(loaded.op).toEqual(op(`racer-${winner!}`))
      expect(loaded.sends).toEqual([{ key: `subject:${subject}`, count: 1, latestMs: [now] }])
    })

    test('sends of two subjects to one destination share its numbers', async ({ store }) => {
      await declare(store)
      const mail = { method: 'email', destination: 'mail-1' } as const
      await open(store, opened, { authenticators: [authenticator(1, mail)] })
      await open(store, other, { authenticators: [authenticator(2, { ...mail, subject: 'user-2' })] })
      const destination = (number: number) => [{ key: 'destination:mail-1', number }]
      expect(await store.recordStart(start(1, 'a', { sends: destination(1) }))).toEqual({ lost: false })
      const second = { id: other.id, sends: destination(1) }
      expect(await store.recordStart(start(1, 'b', second))).toEqual({ lost: true })
      const { sends } = await loadChallenge(store, other)
      expect(sends).toEqual([{ key: 'destination:mail-1', count: 1, latestMs: [now] }])
    })

    test('the latest ten sends are told, and how many there ever were', async ({ store }) => {
      await setUp(store)
      for (let number = 1; number <= 12; number++) {
        const sends = [{ key: `subject:${subject}`, number }]
        await store.recordStart(start(number, `s${number}`, { sends, nowMs: now + number }))
      }
      const { sends } = await loadChallenge(store, opened)
      expect(sends).toEqual([
        {
          key: `subject:${subject}`,
          count: 12,
          latestMs: [12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((n) => now + n),
        },
      ])
    })
  })

  describe('attempts', () => {
    test('an attempt counts on the challenge and on the authenticator', async ({ store }) => {
      await setUp(store)
      const at = { id: authenticator(1).id, attempt: 1 }
      expect(await store.recordAttempt(attempt(1, 'a', { authenticator: at, nowMs: now + 5 }))).toEqual({
        lost: false,
      })
      const loaded = await loadChallenge(store, opened, 'a')
      expect(loaded.challenge?.attempts).toBe(1)
      expect(loaded.proofUsed).toBe(true)
      expect(loaded.authenticators).toEqual([
        authenticator(1, { attempts: 1, consecutiveFailures: 1, recentFailuresMs: [now + 5] }),
      ])
    })

    test('no attempt counts for half: authenticator, challenge and proof go together', async ({ store }) => {
      await setUp(store)
      const mine = authenticator(1).id
      const refusals: readonly Partial<Attempt>[] = [
        { authenticator: { id: mine, attempt: 2 } },
        { authenticator: { id: authenticator(2).id, attempt: 1 } },
        { authenticator: { id: authenticator(3).id, attempt: 1 } },
        { attempt: 2 },
        { nowMs: opened.expiresAtMs },
        { id: id('challenge', 9) },
        { tenant: 'other' },
      ]
      for (const [index, more] of refusals.entries()) {
        expect(await store.recordAttempt(attempt(1, `r${index}`, more))).toEqual({ lost: true })
      }
      const loaded = await loadChallenge(store, opened, 'r0')
      expect([loaded.challenge?.attempts, loaded.proofUsed]).toEqual([0, false])
      expect(loaded.authenticators).toEqual([authenticator(1)])
      expect((await loadChallenge(store, other)).authenticators).toEqual([
        authenticator(2, { subject: 'user-2' }),
      ])
    })

    test('one of sixteen attempts with one number counts', async ({ store, race }) => {
      await setUp(store)
      const results = await race((each, number) =>
        each.recordAttempt(
          attempt(1, `racer-${number}`, { authenticator: { id: authenticator(1).id, attempt: 1 } }),
        ),
      )
      expect(winners(results)).toHaveLength(1)
      const loaded = await loadChallenge(store, opened)
      expect([loaded.challenge?.attempts, loaded.authenticators[0]?.attempts]).toEqual([1, 1])
    })

    test('sixteen callers that load and try again never pass the limit', async ({ store, race }) => {
      await setUp(store)
      const counted = await race(async (each, number) => {
        for (let tries = 0; tries < 40; tries++) {
          const loaded = await loadChallenge(each, opened)
          const made = loaded.challenge!.attempts
          if (made >= opened.maxAttempts) return 0
          const at = { id: authenticator(1).id, attempt: loaded.authenticators[0]!.attempts + 1 }
          const result = await each.recordAttempt(
            attempt(made + 1, `${number}-${tries}`, { authenticator: at }),
          )
          if (!result.lost) return 1
        }
        return 0
      })
      expect(counted.reduce<number>((sum, one) => sum + one, 0)).toBe(opened.maxAttempts)
      const loaded = await loadChallenge(store, opened)
      expect(loaded.challenge?.attempts).toBe(opened.maxAttempts)
      expect(loaded.authenticators[0]).toMatchObject({ attempts: 5, consecutiveFailures: 5 })
    })

    test('two challenges that race for one authenticator share its numbers', async ({ store, race }) => {
      await setUp(store)
      const twin = challenge(3)
      await open(store, twin)
      const results = await race((each, number) =>
        each.recordAttempt(
          attempt(1, `racer-${number}`, {
            id: number % 4 < 2 ? opened.id : twin.id,
            authenticator: { id: authenticator(1).id, attempt: 1 },
          }),
        ),
      )
      expect(winners(results)).toHaveLength(1)
      const attempts = [await loadChallenge(store, opened), await loadChallenge(store, twin)]
      expect(attempts.map((loaded) => loaded.challenge!.attempts).sort()).toEqual([0, 1])
    })

    test('a limit of the challenge holds in the store, whatever number a caller gives', async ({ store }) => {
      await declare(store)
      await open(store, challenge(1, { maxAttempts: 1 }))
      expect(await store.recordAttempt(attempt(1, 'a'))).toEqual({ lost: false })
      expect(await store.recordAttempt(attempt(2, 'b'))).toEqual({ lost: true })
    })

    test('the latest ten failures of an authenticator are told', async ({ store }) => {
      await declare(store)
      await open(store, challenge(1, { maxAttempts: 100 }), { authenticators: [authenticator(1)] })
      for (let number = 1; number <= 12; number++) {
        const at = { id: authenticator(1).id, attempt: number }
        await store.recordAttempt(attempt(number, `a${number}`, { authenticator: at, nowMs: now + number }))
      }
      const [row] = (await loadAll(store)).authenticators
      expect(row?.recentFailuresMs).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((n) => now + n))
      expect(row).toMatchObject({ attempts: 12, consecutiveFailures: 12 })
    })
  })

  describe('failures and cancelling', () => {
    test('a failure keeps its answer, its event and its counts, and the challenge stays open', async ({
      store,
    }) => {
      await setUp(store)
      const given = failure('f', { event: event(1), counters: ['subject:user-1', 'jkt:jkt-1'] })
      expect(await store.recordFailure(given)).toEqual({ lost: false })
      const loaded = await loadChallenge(store, opened, 'f')
      expect(loaded.op).toEqual(op('f', { status: 400 }))
      expect(loaded.challenge).toEqual(opened)
      const { counters } = await loadAll(store, { counters: ['jkt:jkt-1', 'subject:user-1'] })
      expect(counters.map(({ key, value }) => [key, value])).toEqual([
        ['jkt:jkt-1', 1],
        ['subject:user-1', 1],
      ])
      expect((await store.exportSubject(tenant, subject))?.['events']).toHaveLength(1)
    })

    test('one of sixteen failures with one op counts, with one event', async ({ store, race }) => {
      await setUp(store)
      const results = await race((each, number) =>
        each.recordFailure(failure('same', { event: event(number), counters: ['subject:user-1'] })),
      )
      expect(winners(results)).toHaveLength(1)
      expect((await store.exportSubject(tenant, subject))?.['events']).toHaveLength(1)
      const { counters } = await loadAll(store, { counters: ['subject:user-1'] })
      expect(counters[0]?.value).toBeCloseTo(1, 9)
    })

    test('the last failure ends the challenge, drops what only answering needs, and frees its question', async ({
      store,
    }) => {
      await setUp(store)
      await store.recordStart(start(1, 'a'))
      await store.recordFailure(failure('f', { end: 'exhausted' }))
      expect((await loadChallenge(store, opened)).challenge).toEqual({
        ...opened,
        params: {},
        state: '{}',
        starts: 1,
        openKey: undefined,
        ended: 'exhausted',
      })
      const next = record(7, { challenge: challenge(7, { openKey: 'open-1' }) })
      expect(await store.recordAssessment(next)).toEqual({ lost: false })
    })

    test('an end stands: a late failure keeps its answer and changes no end', async ({ store }) => {
      await setUp(store)
      const cancel = { tenant, id: opened.id, proof: proof('c'), op: op('c'), event: event(1), nowMs: now }
      expect(await store.recordCancel(cancel)).toEqual({ lost: false })
      expect(await store.recordFailure(failure('late', { end: 'exhausted' }))).toEqual({ lost: false })
      expect((await loadChallenge(store, opened)).challenge?.ended).toBe('cancelled')
    })

    test('one of sixteen cancels wins, with one event', async ({ store, race }) => {
      await setUp(store)
      const call = (each: Store, number: number) =>
        each.recordCancel({
          tenant,
          id: opened.id,
          proof: proof(`c${number}`),
          op: op(`c${number}`),
          event: event(number),
          nowMs: now,
        })
      const [winner, ...others] = winners(await race(call))
      expect(others).toEqual([])
      expect(winners(await race(call))).toEqual([])
      expect((await loadChallenge(store, opened, `c${winner!}`)).op).toEqual(op(`c${winner!}`))
      expect((await store.exportSubject(tenant, subject))?.['events']).toMatchObject([
        { id: id('event', winner!) },
      ])
    })

    test('an unknown challenge cannot be cancelled', async ({ store }) => {
      await setUp(store)
      const cancel = {
        tenant,
        id: id('challenge', 9),
        proof: proof('c'),
        op: op('c'),
        event: undefined,
        nowMs: now,
      }
      expect(await store.recordCancel(cancel)).toEqual({ lost: true })
      expect((await loadChallenge(store, opened, 'c')).proofUsed).toBe(false)
    })
  })
}

export { attempt, opened, setUp }
