import { featuresOfRecord, type EventRow, type Features, type OutcomeEvent } from '@newel/engine'
import type { OpenCall } from './challenges.ts'
import type { Call } from './services.ts'
import { newId } from './subjects.ts'

/** What the assessment that opened a challenge saw; `undefined` for an enrolment, or once retention has taken it. */
export function featuresAsked({ context }: Pick<OpenCall, 'context'>): Features | undefined {
  return context.assessment === undefined ? undefined : featuresOfRecord(context.assessment.record)
}

/** How a challenge ended, as an event for the profile to fold. */
export function outcomeRow(
  call: Call<unknown>,
  open: OpenCall,
  outcome: Pick<OutcomeEvent, 'kind' | 'method' | 'acr'>,
): EventRow {
  const id = newId('event', call.nowMs, open.subject.bucket)
  const features = featuresAsked(open)
  const assessment = open.challenge.assessment
  const event: OutcomeEvent = {
    id,
    atMs: call.nowMs,
    ...outcome,
    challenge: open.challenge.id,
    ...(assessment !== undefined && { assessment }),
    ...(features !== undefined && { features }),
  }
  return {
    tenant: open.tenant.id,
    id,
    subject: open.challenge.subject,
    type: 'outcome',
    body: JSON.stringify(event),
    atMs: call.nowMs,
    folds: true,
    dedupe: undefined,
    assessment,
  }
}
