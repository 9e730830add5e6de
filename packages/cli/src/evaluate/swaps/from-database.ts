import {
  compilePolicy,
  factsOfRecord,
  type AssessmentRow,
  type OutcomeEvent,
  type Store,
} from '@newel/engine'
import { seededRandom } from '@newel/testkit'
import { Failure } from '../../failure.ts'
import { decideOn } from '../logins/serve.ts'
import { createSwaps, movedTo, type SwapRow } from './figures.ts'
import { createPool, matches } from './pool.ts'

const seed = 20260103

/** Whether an assessment was the owner's as far as is known: it taught, and nobody labelled it bad. */
async function isGenuine(store: Store, { tenant, id }: AssessmentRow): Promise<boolean> {
  const { events } = await store.readAssessment(tenant, id)
  const outcomes = events.filter(({ folds }) => folds).map(({ body }) => JSON.parse(body) as OutcomeEvent)
  const taught = outcomes.some(({ kind }) => kind === 'allowed' || kind === 'passed')
  return taught && !outcomes.some(({ kind, label }) => kind === 'labelled' && label !== 'legitimate')
}

/**
 * The latest sessions that a tenant's store holds, each subject's profile as it is, the policy in force. Reads only.
 *
 * @param limit assessments to read
 */
export async function swapsOfStore(
  store: Store,
  tenant: string,
  limit: number,
): Promise<{ readonly rows: readonly SwapRow[]; readonly sessions: number }> {
  const row = await store.readTenant(tenant)
  if (row === undefined) throw new Failure(`The database has no tenant ${tenant}.`)
  const compiled = compilePolicy(JSON.parse(row.policy))
  if (!compiled.ok) throw new Failure(`The stored policy of tenant ${tenant} is of another version.`)
  const policy = { ...compiled.policy, mode: 'enforce' as const }
  const random = seededRandom(seed)
  const pool = createPool(random)
  const latest = new Map<string, AssessmentRow>()
  let sessions = 0
  for (const assessment of await store.listAssessments({ tenant, limit })) {
    const { subject, record, action } = assessment
    if (subject === undefined || !policy.actions.has(action) || !(await isGenuine(store, assessment)))
      continue
    sessions += 1
    if (!latest.has(subject)) latest.set(subject, assessment)
    pool.add({ subject, facts: factsOfRecord(record) })
  }
  const swaps = createSwaps()
  let index = 0
  for (const [subject, { record, action }] of latest) {
    const { subject: kept, grants } = await store.loadSubject({
      tenant,
      subject,
      route: 'evaluate',
      op: undefined,
    })
    if (kept?.profile === undefined) continue
    const own = { subject, facts: factsOfRecord(record) }
    const { profile, profileVersion } = kept
    const state = { index, profile, profileVersion, grants, demands: [], logins: 0, rows: 0 }
    index += 1
    for (const match of matches) {
      const other = pool.draw(match, own)
      if (other === undefined) continue
      const facts = movedTo(other.facts, own.facts.nowMs)
      swaps.count(match, subject, decideOn({ policy, action, methods: ['email'] }, subject, state, facts))
    }
  }
  return { rows: swaps.rows(), sessions }
}
