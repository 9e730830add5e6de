/** An authenticator app that wrong answers have disabled: the way back, and what it opens to nobody. */
import { totpCode } from '@newel/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { hourMs, setUpWith } from './contact-world.ts'

const who = { subject: { id: 'maya' }, session: 'of maya' }

async function world() {
  const { newel, guard } = setUpWith()
  const device = await newel.device()
  let seed = ''
  const request = async (token?: string) => ({ headers: new Headers(await device.headers(token)) })

  const challengeOf = async (response: Response): Promise<string> => {
    const { challenge } = (await response.json()) as { challenge?: { id: string } }
    return challenge?.id ?? 'none'
  }
  const enrollment = async (token?: string): Promise<Response> =>
    guard.enroll({ ...who, method: 'totp', request: await request(token) })
  const removal = async (authenticator: string, token?: string): Promise<Response> =>
    guard.remove({ ...who, authenticator, request: await request(token) })
  const authenticators = async (): Promise<readonly { id: string; method: string; acr: string }[]> => {
    const response = await newel.fetch(
      new Request(`${newel.url}/v1/subjects/maya/authenticators`, {
        headers: { authorization: `Bearer ${newel.secretKey}` },
      }),
    )
    return ((await response.json()) as { authenticators: { id: string; method: string; acr: string }[] })
      .authenticators
  }
  const appId = async (): Promise<string> =>
    (await authenticators()).find(({ method }) => method === 'totp')?.id ?? 'none'

  /** Enrols an app under what the account has, by a mailed code. */
  async function enrolled(): Promise<void> {
    const token = await device.pass(await challengeOf(await enrollment()), 'email')
    const { enrollment: opened } = (await (await enrollment(token)).json()) as { enrollment: { id: string } }
    const started = await device.enrollment(opened.id).start()
    if (started.method !== 'totp') throw new Error('an app was expected')
    seed = started.secret
    await device.enrollment(opened.id).verify({ code: await totpCode(seed, newel.clock.now()) })
  }

  /** What a payment that asks for the app gets. */
  const pay = async () =>
    guard.check({
      ...who,
      action: 'pay',
      params: { to: 'x' },
      require: { acr: 'newel:otp' },
      request: await request(),
    })
  async function codeOfPay(): Promise<string> {
    const result = await pay()
    return result.ok ? 'ok' : result.problem.code
  }

  /** No code of this half minute and those beside it. */
  async function wrongCode(): Promise<string> {
    const now = newel.clock.now()
    const right = await Promise.all([-30_000, 0, 30_000].map((by) => totpCode(seed, now + by)))
    return ['000000', '111111', '222222', '333333'].find((code) => !right.includes(code))!
  }

  async function guessedAt(): Promise<void> {
    for (let round = 0; round < 50; round++) {
      const refused = await pay()
      if (refused.ok) throw new Error('nothing was asked')
      const id = await challengeOf(refused.response)
      for (let attempt = 0; attempt < 2; attempt++) {
        newel.clock.advance(100_000)
        await expect(device.challenge(id).verify('totp', { code: await wrongCode() })).rejects.toMatchObject({
          problem: { code: 'verification_failed' },
        })
      }
    }
  }

  return {
    newel,
    enrollment,
    removal,
    authenticators,
    appId,
    challengeOf,
    enrolled,
    guessedAt,
    codeOfPay,
    pass: async (id: string) => device.pass(id, 'email'),
    async begin() {
      await guard.putSubject({
        id: 'maya',
        email: { value: 'maya@mail.test', verified_at_ms: newel.clock.now() },
      })
      await enrolled()
      newel.clock.advance(48 * hourMs)
      expect(await codeOfPay()).toBe('insufficient_user_authentication')
      await guessedAt()
    },
  }
}

describe('an authenticator app that a hundred wrong answers have disabled', () => {
  let maya: Awaited<ReturnType<typeof world>>
  beforeEach(async () => {
    maya = await world()
    await maya.begin()
  })

  it('answers nothing any more, and the person is told', async () => {
    expect(await maya.codeOfPay()).toBe('unmet_authentication_requirements')
    await maya.newel.tick()
    expect(maya.newel.mailbox.mails.filter(({ subject }) => subject.includes('switched off'))).toMatchObject([
      { to: 'maya@mail.test', text: expect.stringContaining('An authenticator app can no longer') as string },
    ])
  })
  it('still guards itself during the hold: whoever guessed neither removes nor replaces it', async () => {
    maya.newel.clock.advance(23 * hourMs)
    expect((await maya.removal(await maya.appId())).status).toBe(403)
    expect((await maya.enrollment()).status).toBe(403)
  })
  it('is removed and bound again after the hold, by a mailed code and with notices', async () => {
    const { newel } = maya
    newel.clock.advance(24 * hourMs)
    const id = await maya.appId()
    const token = await maya.pass(await maya.challengeOf(await maya.removal(id)))
    expect((await maya.removal(id, token)).status).toBe(200)
    await maya.enrolled()
    const subjects = newel.mailbox.mails.map(({ subject }) => subject)
    await newel.tick()
    const told = newel.mailbox.mails.slice(subjects.length).map(({ subject }) => subject)
    expect(told.join('\n')).toMatch(/removed[^]*added|added[^]*removed/)
    // What was bound under a mailed code is worth no more than that until the hold has passed.
    expect(await maya.codeOfPay()).toBe('unmet_authentication_requirements')
    newel.clock.advance(24 * hourMs)
    expect(await maya.codeOfPay()).toBe('insufficient_user_authentication')
  })
})
