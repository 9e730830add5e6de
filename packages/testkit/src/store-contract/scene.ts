import type { ChallengeStore, Store } from '@newel/engine'
import { authenticator, challenge, declare, id, now, op, open, proof, subject, tenant } from './rows.ts'

export type Start = Parameters<ChallengeStore['recordStart']>[0]
export type Attempt = Parameters<ChallengeStore['recordAttempt']>[0]
export type Failure = Parameters<ChallengeStore['recordFailure']>[0]

export const opened = challenge(1, { openKey: 'open-1' })
export const other = challenge(2, { subject: 'user-2' })

export const start = (number: number, name: string, more: Partial<Start> = {}): Start => ({
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

export const attempt = (number: number, name: string, more: Partial<Attempt> = {}): Attempt => ({
  tenant,
  id: opened.id,
  attempt: number,
  authenticator: undefined,
  proof: proof(name),
  nowMs: now,
  ...more,
})

export const failure = (name: string, more: Partial<Failure> = {}): Failure => ({
  tenant,
  id: opened.id,
  op: op(name, { status: 400 }),
  end: undefined,
  event: undefined,
  counters: [],
  outbox: [],
  nowMs: now,
  ...more,
})

/** The subject with an authenticator, and its challenge. */
export async function setUp(store: Store): Promise<void> {
  await declare(store)
  await open(store, opened, { authenticators: [authenticator(1)] })
  await open(store, other, { authenticators: [authenticator(2, { subject: 'user-2' })] })
}

export type Pass = Parameters<ChallengeStore['recordPass']>[0]

export const grant = {
  id: id('grant', 1),
  jkt: 'jkt-1',
  method: 'totp',
  acr: 'newel:otp',
  challenge: opened.id,
  atMs: now,
} as const

export const used = {
  id: authenticator(1).id,
  expectedCounter: 0,
  counter: 7,
  data: '{"seed":"sealed"}',
  confirms: undefined,
}

export const pass = (name: string, more: Partial<Pass> = {}): Pass => ({
  tenant,
  id: opened.id,
  subject,
  op: op(name),
  grant: undefined,
  assurance: undefined,
  authenticator: undefined,
  enrolled: undefined,
  meets: undefined,
  event: undefined,
  outbox: [],
  nowMs: now,
  ...more,
})
