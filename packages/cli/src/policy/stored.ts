import type { AssessmentRow, Store, TenantRow } from '@newel/engine'
import { Failure } from '../failure.ts'

export interface StoredAssessment {
  readonly tenant: TenantRow
  readonly assessment: AssessmentRow
}

/**
 * An assessment by its id, among the tenants of a store.
 *
 * @param tenant looked for in this one alone
 * @throws Failure where there is none
 */
export async function findAssessment(
  store: Store,
  id: string,
  tenant: string | undefined,
): Promise<StoredAssessment> {
  const tenants = tenant === undefined ? await store.listTenants() : [tenant]
  for (const name of tenants) {
    const { assessment } = await store.readAssessment(name, id)
    const row = assessment === undefined ? undefined : await store.readTenant(name)
    if (assessment !== undefined && row !== undefined) return { tenant: row, assessment }
  }
  throw new Failure(`There is no assessment ${id}.`, [
    `Looked for in: ${tenants.join(', ') || 'no tenant; has `newel serve` run on this database?'}.`,
  ])
}
