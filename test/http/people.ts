import type { MethodName, ParamValue } from '@newel/protocol'
import { randomToken, sessionHash, type Answer, type BackEnd } from './back-end.ts'
import type { Device } from './device.ts'
import type { Page } from './page.ts'
import { createPasskey, type Passkey } from './passkey.ts'
import type { TestClock } from '@newel/testkit'
import { bank } from './world.ts'

const [origin] = bank.origins

/** Where stories are played: one server or several, in this process or in others. */
export interface Stage {
  readonly bankEnd: BackEnd
  readonly clock: Pick<TestClock, 'now'>
  /** A page of the bank's with a device key of its own, or this one. */
  page(device?: Device): Promise<Page>
  /** The code in the latest mail to an address. */
  latestCode(to: string): Promise<string>
}

/** Somebody with an account at the bank, a confirmed address and a session in one browser. */
export interface Person {
  readonly subject: { readonly id: string }
  readonly session: string
  readonly page: Page
  readonly mail: string
}

export interface Question {
  readonly action: string
  readonly params?: Readonly<Record<string, ParamValue>>
}
export const transfer = { action: 'transfer', params: { to: 'CH93-0076', amount: '120.50' } } as const
export const vault = { action: 'vault.open' } as const
export const raise = { action: 'limit.raise', params: { cents: 500, forever: false } } as const

export async function createPerson(stage: Stage, id: string, device?: Device): Promise<Person> {
  const mail = `${id}@mail.example`
  const stored = await stage.bankEnd.call('PUT', `/v1/subjects/${id}`, {
    email: { value: mail, verified_at_ms: stage.clock.now() },
  })
  if (stored.status !== 200) throw new Error(`the subject was not stored: ${JSON.stringify(stored.body)}`)
  return {
    subject: { id },
    session: await sessionHash(origin, `session of ${id}`),
    page: await stage.page(device),
    mail,
  }
}

/** Asks to do something; gives the challenge that was opened. */
export async function challenged(stage: Stage, person: Person, question: Question): Promise<string> {
  const { subject, session, page } = person
  const { body } = await stage.bankEnd.assess({
    ...question,
    subject,
    session,
    headers: await page.headers(),
  })
  if (body.challenge === undefined) throw new Error(`no challenge was opened: ${JSON.stringify(body)}`)
  return body.challenge.id
}

const challengePath = (id: string, verb = ''): string => `/v1/challenges/${id}${verb}`

export const startChallenge = (
  { page }: Person,
  id: string,
  method: MethodName,
): Promise<Answer<{ options: Record<string, unknown> }>> =>
  page.call('POST', challengePath(id, '/start'), { op: randomToken(), method })

export const verifyChallenge = (
  { page }: Person,
  id: string,
  method: MethodName,
  response: object,
): Promise<Answer<{ token: string; code: string }>> =>
  page.call('POST', challengePath(id, '/verify'), { op: randomToken(), method, response })

export const readChallenge = ({ page }: Person, id: string): Promise<Answer<{ attempts_left: number }>> =>
  page.call('GET', challengePath(id))

/** Has a code sent; gives it. */
export async function mailedCode(stage: Stage, person: Person, id: string): Promise<string> {
  await startChallenge(person, id, 'email')
  return stage.latestCode(person.mail)
}

/** Another code of the same length. */
export const otherCode = (code: string): string =>
  code.replace(/.$/, (digit) => String((Number(digit) + 1) % 10))

/** A step-up token by a mailed code. */
export async function tokenByMail(stage: Stage, person: Person, question: Question): Promise<string> {
  const id = await challenged(stage, person, question)
  const code = await mailedCode(stage, person, id)
  const { status, body } = await verifyChallenge(person, id, 'email', { code })
  if (status !== 200) throw new Error(`the code was not taken: ${JSON.stringify(body)}`)
  return body.token
}

/** Spends a token for what it is for, and members in the place of the honest ones. */
export async function spend(
  stage: Stage,
  person: Person,
  question: Question,
  token: string,
  more: object = {},
): Promise<Answer<{ code: string }>> {
  const { subject, session, page } = person
  return stage.bankEnd.call('POST', '/v1/tokens/consume', {
    op: randomToken(),
    ...question,
    subject,
    session,
    token,
    proof: await page.proof(token),
    aud: origin,
    ...more,
  })
}

/** Opens an enrolment under the best proof that the person can give; gives its id. */
export async function openEnrollment(
  stage: Stage,
  person: Person,
  method: MethodName,
  prove: (question: Question) => Promise<string>,
): Promise<string> {
  const { subject, session, page } = person
  const token = await prove({ action: 'newel.enroll', params: { method } })
  const opened = await stage.bankEnd.call<{ enrollment: { id: string } }>(
    'POST',
    `/v1/subjects/${subject.id}/enrollments`,
    { op: randomToken(), session, aud: origin, method, request: {}, token, proof: await page.proof(token) },
  )
  if (opened.status !== 200) throw new Error(`nothing was opened: ${JSON.stringify(opened.body)}`)
  return opened.body.enrollment.id
}

/** Asks for an enrolment without a token; the answer is the challenge for it. */
export async function challengedToEnroll(stage: Stage, person: Person, method: MethodName): Promise<string> {
  const { subject, session, page } = person
  const receipt = await page.observe()
  const { body } = await stage.bankEnd.call<{ assessment?: { challenge?: { id: string } } }>(
    'POST',
    `/v1/subjects/${subject.id}/enrollments`,
    {
      op: randomToken(),
      session,
      aud: origin,
      method,
      request: {},
      receipt,
      proof: await page.proof(receipt),
    },
  )
  const id = body.assessment?.challenge?.id
  if (id === undefined) throw new Error(`no challenge was opened: ${JSON.stringify(body)}`)
  return id
}

/** An enrolment that a mailed code has opened, for a person who has no more than an address. */
export async function enrollmentByMail(stage: Stage, person: Person, method: MethodName): Promise<string> {
  return openEnrollment(stage, person, method, async () => {
    const id = await challengedToEnroll(stage, person, method)
    const code = await mailedCode(stage, person, id)
    return (await verifyChallenge(person, id, 'email', { code })).body.token
  })
}

export const startEnrollment = <T>({ page }: Person, id: string): Promise<Answer<T>> =>
  page.call('POST', `/v1/enrollments/${id}/start`, { op: randomToken() })

export const verifyEnrollment = (
  { page }: Person,
  id: string,
  response: object,
): Promise<Answer<{ code: string; authenticator: { id: string } }>> =>
  page.call('POST', `/v1/enrollments/${id}/verify`, { op: randomToken(), response })

/** Enrols a passkey under a mailed code. */
export async function enrolledPasskey(stage: Stage, person: Person): Promise<Passkey> {
  const passkey = await createPasskey()
  const id = await enrollmentByMail(stage, person, 'passkey')
  const { body } = await startEnrollment<{ options: Record<string, unknown> }>(person, id)
  const enrolled = await verifyEnrollment(person, id, await passkey.create(body.options, origin))
  if (enrolled.status !== 200) throw new Error(`the passkey was not taken: ${JSON.stringify(enrolled.body)}`)
  return passkey
}
