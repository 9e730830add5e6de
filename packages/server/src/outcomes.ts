import {
  extractFeatures,
  featuresOfRecord,
  type AssessmentContext,
  type EventRow,
  type Facts,
  type Features,
  type OutcomeEvent,
} from '@newel/engine'
import type { ReceiptClaims } from '@newel/protocol'
import type { OpenCall } from './challenges.ts'
import type { Call } from './services.ts'
import { newId } from './ids.ts'
import type { Tenant } from './tenants.ts'

/** What the assessment that opened a challenge saw; `undefined` for an enrolment, or once retention has taken it. */
export function featuresAsked({ context }: Pick<OpenCall, 'context'>): Features | undefined {
  return context.assessment === undefined ? undefined : featuresOfRecord(context.assessment.record)
}

/** An outcome as a row that the profile has to fold. A label finds it by its assessment. */
const rowOf = (tenant: Tenant, subject: string, outcome: OutcomeEvent, dedupe?: string): EventRow => ({
  tenant: tenant.id,
  id: outcome.id,
  subject,
  type: 'outcome',
  body: JSON.stringify(outcome),
  atMs: outcome.atMs,
  folds: true,
  dedupe,
  assessment: outcome.assessment,
})

/** How a challenge ended. */
export function outcomeRow(
  call: Call<unknown>,
  open: OpenCall,
  outcome: Pick<OutcomeEvent, 'kind' | 'method' | 'acr'>,
): EventRow {
  const { assessment, id: challenge, subject } = open.challenge
  const features = featuresAsked(open)
  return rowOf(open.tenant, subject, {
    id: newId('event', call.nowMs, open.subject.bucket),
    atMs: call.nowMs,
    ...outcome,
    challenge,
    ...(assessment !== undefined && { assessment }),
    ...(features !== undefined && { features }),
  })
}

export interface Allowing {
  readonly tenant: Tenant
  readonly context: AssessmentContext
  readonly facts: Facts
  readonly receipt: ReceiptClaims | undefined
  /** Who was allowed; nobody where the decision was another. */
  readonly subject: string | undefined
  readonly assessment: string
  readonly bucket: number
}

/** What the silent allow of a visit is stored under; `undefined` where there is no visit of a proven key. */
export const allowOf = (
  subject: string | undefined,
  receipt: ReceiptClaims | undefined,
  { device }: Facts,
): string | undefined =>
  subject !== undefined && receipt !== undefined && device.proven
    ? `allowed:${subject}:${receipt.visit}`
    : undefined

/** A silent allow is an outcome too: once a visit, so that a busy page does not teach more than a quiet one. */
export function allowedRow({ services }: Call<unknown>, allowing: Allowing): EventRow | undefined {
  const { tenant, context, facts, receipt, subject, assessment, bucket } = allowing
  const dedupe = allowOf(subject, receipt, facts)
  if (subject === undefined || dedupe === undefined) return undefined
  // The store would leave it out just the same; a subject that was erased meanwhile begins anew.
  if (context.subject !== undefined && services.taught.get(`${tenant.id}/${dedupe}`)) return undefined
  const { nowMs: atMs } = facts
  const id = newId('event', atMs, bucket)
  const features = extractFeatures(facts)
  return rowOf(tenant, subject, { id, atMs, kind: 'allowed', assessment, features }, dedupe)
}

/** The back end knows the person at this device. */
export function vouchedRow(tenant: Tenant, subject: string, bucket: number, facts: Facts): EventRow {
  const { nowMs: atMs } = facts
  const id = newId('event', atMs, bucket)
  return rowOf(tenant, subject, { id, atMs, kind: 'vouched', features: extractFeatures(facts) })
}
