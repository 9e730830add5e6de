import { createGuard } from '@newel/guard'
import { createNewel, defaultPolicy } from '@newel/server'
import { memoryStore } from '@newel/stores'
import { createMailbox, fixedClock, testDevice } from '@newel/testkit'
import { base64url } from 'jose'
import { expect, it } from 'vitest'

const origin = 'https://bank.test'
const url = `${origin}/newel`
const secretKey = `sk_bank_${'s'.repeat(40)}`
const publishableKey = `pk_bank_${'p'.repeat(20)}`

async function setUp() {
  const clock = fixedClock(1_800_000_000_000)
  const mailbox = createMailbox()
  const store = memoryStore()
  const policy = { ...defaultPolicy, actions: { read: { params: 'none' } } } as const
  const newel = createNewel({
    url,
    store,
    masterKey: base64url.encode(crypto.getRandomValues(new Uint8Array(32))),
    tenants: [
      { id: 'bank', name: 'Bank', origins: [origin], publishableKey, secretKeys: [secretKey], policy },
    ],
    mailer: mailbox,
    now: clock.now,
  })
  const logger = { log: () => undefined }
  const guard = createGuard({ server: newel, secretKey, aud: origin, clientAddress: 'unknown', logger })
  const device = await testDevice({ newel, url, publishableKey, origin, now: clock.now, mailbox })
  const of = async (token?: string) => ({
    subject: { id: 'maya', email: { value: 'maya@mail.test', verified_at_ms: 1 } },
    session: 'the only one',
    request: { headers: new Headers(await device.headers(token)) },
  })
  /** Labels an assessment fraud; says of what kind the event is that the label takes back. */
  async function takenBack(assessment: string): Promise<unknown> {
    await guard.feedback({ assessment: assessment as never, label: 'fraud', source: 'back_end' })
    const { events } = await store.readAssessment('bank', assessment)
    const outcomes = events.map(
      ({ body }) => JSON.parse(body) as { id: string; kind: string; about?: string },
    )
    const label = outcomes.find(({ kind }) => kind === 'labelled')
    return outcomes.find(({ id }) => id === label?.about)?.kind
  }
  return { guard, device, mailbox, of, takenBack }
}

it('fraud takes back what a silent allow taught', async () => {
  const { guard, of, takenBack } = await setUp()
  await guard.report({ type: 'subject.created', ...(await of()) })
  const outcome = await guard.check({ action: 'read', ...(await of()) })
  if (!outcome.ok || outcome.via !== 'assessment') throw new Error('expected an allow')
  expect(await takenBack(outcome.assessment)).toBe('allowed')
})

it('fraud found by a later question of the same visit takes back what its first one taught', async () => {
  const { guard, of, takenBack } = await setUp()
  await guard.report({ type: 'subject.created', ...(await of()) })
  const ask = async () => {
    const outcome = await guard.check({ action: 'read', ...(await of()) })
    if (!outcome.ok || outcome.via !== 'assessment') throw new Error('expected an allow')
    return outcome.assessment
  }
  await ask()
  await ask()
  expect(await takenBack(await ask())).toBe('allowed')
})

it('fraud takes back what a passed challenge taught, however many wrong answers came before', async () => {
  const { guard, device, mailbox, of, takenBack } = await setUp()
  const require = { acr: 'newel:contact', maxAgeSeconds: 0 } as const
  const refused = await guard.check({ action: 'read', require, ...(await of()) })
  if (refused.ok) throw new Error('expected a challenge')
  const challenge = device.challenge((refused.problem as { challenge?: { id: string } }).challenge?.id ?? '')
  await challenge.start('email')
  const wrong = mailbox.latestCode() === '00000000' ? '11111111' : '00000000'
  await expect(challenge.verify('email', { code: wrong })).rejects.toThrow('verification_failed')
  const { token } = await challenge.verify('email', { code: mailbox.latestCode() })
  const done = await guard.check({ action: 'read', ...(await of(token)) })
  if (!done.ok || done.via !== 'token') throw new Error('the token did not serve')
  expect(await takenBack(done.assessment)).toBe('passed')
})
