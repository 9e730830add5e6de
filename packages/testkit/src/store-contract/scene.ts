import type { ChallengeStore, Store } from '@newel/engine'
import { authenticator, challenge, declare, now, op, open, proof, tenant } from './rows.ts'

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
  nowMs: now,
  ...more,
})

/** The subject with an authenticator, and its challenge. */
export async function setUp(store: Store): Promise<void> {
  await declare(store)
  await open(store, opened, { authenticators: [authenticator(1)] })
  await open(store, other, { authenticators: [authenticator(2, { subject: 'user-2' })] })
}
