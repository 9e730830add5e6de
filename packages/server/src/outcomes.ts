import { extractFeatures, recordedFacts, type EventRow, type Facts, type OutcomeEvent } from '@newel/engine'
import type { OpenCall } from './challenges.ts'
import type { Call } from './services.ts'
import { newId } from './subjects.ts'

/** The facts of the assessment that opened a challenge; `undefined` for an enrolment, or once retention has taken it. */
export function factsAsked({ context }: Pick<OpenCall, 'context'>): Facts | undefined {
  return context.assessment === undefined ? undefined : recordedFacts(context.assessment.record)
}

/** How a challenge ended, as an event for the profile to fold. */
export function outcomeRow(
  call: Call<unknown>,
  open: OpenCall,
  outcome: Pick<OutcomeEvent, 'kind' | 'method' | 'acr'>,
): EventRow {
  const id = newId('event', call.nowMs, open.subject.bucket)
  const facts = factsAsked(open)
  const assessment = open.challenge.assessment
  const event: OutcomeEvent = {
    id,
    atMs: call.nowMs,
    ...outcome,
    challenge: open.challenge.id,
    ...(assessment !== undefined && { assessment }),
    ...(facts !== undefined && { features: extractFeatures(facts) }),
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
