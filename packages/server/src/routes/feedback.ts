import type { EventRow, OutcomeEvent } from '@newel/engine'
import { authenticatedTenant, claimedTenant, opRow, repeatedAnswer } from '../calls.ts'
import { ProblemError } from '../problem.ts'
import type { Answer, Call } from '../services.ts'
import { bucketOf, newId } from '../ids.ts'
import type { RouteBody } from './specs/index.ts'

/** Whether a profile learned from it; failures teach nothing. */
const taught = (row: EventRow): boolean =>
  row.folds && ['allowed', 'passed'].includes((JSON.parse(row.body) as OutcomeEvent).kind)

/** The event that a label is about: the assessment's own, else the one that its visit has in common. */
const aboutOf = (events: readonly EventRow[], assessment: string): string | undefined => {
  const learned = events.filter(taught)
  return (learned.find((row) => row.assessment === assessment) ?? learned[0])?.id
}

/**
 * A label on an assessment. A hard one takes back, at once, the grants that its challenge gave: a device that an attacker
 * proved is no longer on record.
 */
export async function feedback(call: Call<RouteBody<'feedback'>>): Promise<Answer> {
  const { body, nowMs, store } = call
  const id = claimedTenant(call)
  const load = async () => store.readAssessment(id, body.assessment, { route: 'feedback', op: body.op })
  const found = await load()
  const tenant = await authenticatedTenant(call, id, found.revision)
  const { assessment } = found
  if (assessment === undefined) throw new ProblemError('not_found')
  const { subject } = assessment
  const repeated = await repeatedAnswer(call, tenant, found.op)
  if (repeated !== undefined) return repeated

  const bucket = subject === undefined ? 0 : await bucketOf(tenant, subject)
  const eventId = newId('event', nowMs, bucket)
  const about = aboutOf(found.events, assessment.id)
  const outcome: OutcomeEvent = {
    id: eventId,
    atMs: nowMs,
    kind: 'labelled',
    assessment: assessment.id,
    label: body.label,
    ...(about !== undefined && { about }),
  }
  const answer: Answer = { body: { recorded: true } }
  const written = await store.recordLabel({
    tenant: tenant.id,
    subject,
    op: await opRow(call, tenant, 'feedback', body.op, answer),
    event: {
      tenant: tenant.id,
      id: eventId,
      subject,
      type: 'outcome',
      body: JSON.stringify({ ...outcome, source: body.source, note: body.note }),
      atMs: nowMs,
      folds: subject !== undefined,
      dedupe: undefined,
      assessment: assessment.id,
    },
    revokesGrantsOf: body.label === 'legitimate' ? undefined : assessment.id,
    nowMs,
  })
  if (!written.lost) return answer
  const same = await repeatedAnswer(call, tenant, (await load()).op)
  if (same === undefined) throw new ProblemError('conflict')
  return same
}
