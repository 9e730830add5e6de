import { contractOf, type ContractRunner, type StoreUnderTest } from './store-contract/api.ts'
import { afterwardsContract } from './store-contract/afterwards.ts'
import { assessmentContract } from './store-contract/assessments.ts'
import { attemptContract } from './store-contract/attempts.ts'
import { challengeContract } from './store-contract/challenges.ts'
import { consumeContract } from './store-contract/consume.ts'
import { effectContract } from './store-contract/effects.ts'
import { endingContract } from './store-contract/endings.ts'
import { eventContract } from './store-contract/events.ts'
import { evidenceContract } from './store-contract/evidence.ts'
import { passContract } from './store-contract/pass.ts'
import { personContract } from './store-contract/person.ts'
import { retentionContract } from './store-contract/retention.ts'
import { signalContract } from './store-contract/signals.ts'
import { subjectContract } from './store-contract/subjects.ts'
import { tenantContract } from './store-contract/tenants.ts'
import { valueContract } from './store-contract/values.ts'
import { workContract } from './store-contract/work.ts'

/**
 * Declares the tests that every store has to pass: each promise of the interface `Store`, races of sixteen callers on two
 * servers, tenants apart from each other, erasure, retention, and values at their limits.
 * @param makeStore a store on an empty database, brought up by `migrate`; called once for each test
 * @param runner the test runner's `describe`, `it` and `expect`, such as Vitest's
 */
export function storeContract(makeStore: () => Promise<StoreUnderTest>, runner: ContractRunner): void {
  const contract = contractOf(makeStore, runner)
  for (const part of [
    tenantContract,
    signalContract,
    assessmentContract,
    evidenceContract,
    challengeContract,
    attemptContract,
    endingContract,
    passContract,
    effectContract,
    consumeContract,
    subjectContract,
    eventContract,
    afterwardsContract,
    personContract,
    workContract,
    retentionContract,
    valueContract,
  ]) {
    part(contract)
  }
}

export type { ContractExpectation, ContractRunner, StoreUnderTest } from './store-contract/api.ts'
