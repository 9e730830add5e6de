import { winners, type Contract } from './api.ts'
import { attempt, opened, other, setUp, type Attempt } from './scene.ts'
import { authenticator, challenge, declare, id, loadAll, loadChallenge, now, open } from './rows.ts'

export function attemptContract({ describe, test, expect }: Contract): void {
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
        authenticator(1, {
          attempts: 1,
          consecutiveFailures: 1,
          lastAttemptAtMs: now + 5,
          recentFailuresMs: [now + 5],
        }),
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

    test('the latest hundred failures of an authenticator are told', async ({ store }) => {
      await declare(store)
      await open(store, challenge(1, { maxAttempts: 200 }), { authenticators: [authenticator(1)] })
      for (let number = 1; number <= 102; number++) {
        const at = { id: authenticator(1).id, attempt: number }
        await store.recordAttempt(attempt(number, `a${number}`, { authenticator: at, nowMs: now + number }))
      }
      const [row] = (await loadAll(store)).authenticators
      expect(row?.recentFailuresMs).toEqual(Array.from({ length: 100 }, (_, index) => now + 102 - index))
      expect(row).toMatchObject({ attempts: 102, consecutiveFailures: 102 })
    })
  })
}
