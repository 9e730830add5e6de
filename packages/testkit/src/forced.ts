import { didYouMean } from '@newel/engine'
import type { AssessmentRequest, AssessmentResponse } from '@newel/protocol'
import type { TestClock } from './clock.ts'

const outcomes = ['allow', 'challenge', 'deny', 'unavailable'] as const

/**
 * - `allow`, `deny`: Newel assesses as ever, mistakes in the call included, and the answer then says so.
 * - `challenge`: Newel is asked for a proof made now, so that a real challenge is opened. Where the request came without
 *   receipt and proof the answer is `signals_required`, as it would be, and the request after that is challenged.
 * - `unavailable`: the call and its repeat get no answer; nothing reaches Newel.
 */
export type NextOutcome = (typeof outcomes)[number]

type Fetch = (request: Request) => Promise<Response>

export interface Forced {
  readonly fetch: Fetch
  readonly next: (outcome: NextOutcome) => void
}

const isAssessment = (request: Request): boolean =>
  request.method === 'POST' && new URL(request.url).pathname.endsWith('/v1/assessments')

/** The same request with another body. */
const withBody = (request: Request, body: unknown): Request =>
  new Request(request.url, { method: request.method, headers: request.headers, body: JSON.stringify(body) })

function altered(outcome: 'allow' | 'deny', assessment: AssessmentResponse): AssessmentResponse {
  const { problem: _problem, challenge: _challenge, max_age_s: _age, ...rest } = assessment
  return outcome === 'allow'
    ? { ...rest, decision: 'allow', acr: assessment.decision === 'allow' ? assessment.acr : 'newel:base' }
    : { ...rest, decision: 'deny', problem: 'denied' }
}

/** Stands before a Newel and sees to the outcomes that a test asks for, in the order it asks. */
export function forceOutcomes(real: Fetch, clock: TestClock): Forced {
  const queue: NextOutcome[] = []
  // A call and its repeats share an `op`, and so their outcome.
  const byOp = new Map<string, NextOutcome>()

  /** A subject whom no mail reaches could only be refused: the first contact is one of the test. */
  async function withContact(request: Request, body: AssessmentRequest): Promise<AssessmentRequest> {
    const { subject } = body
    if (subject === undefined || subject.email !== undefined) return body
    const url = request.url.replace(
      /\/v1\/assessments$/,
      `/v1/subjects/${encodeURIComponent(subject.id)}/authenticators`,
    )
    const authorization = request.headers.get('authorization') ?? ''
    const list = await real(new Request(url, { headers: { authorization } }))
    const { authenticators = [] } = (await list.json()) as { authenticators?: readonly unknown[] }
    if (authenticators.length > 0) return body
    return {
      ...body,
      subject: { ...subject, email: { value: 'subject@newel.test', verified_at_ms: clock.now() } },
    }
  }

  async function challenged(request: Request, body: AssessmentRequest): Promise<Response> {
    if (body.receipt === undefined || body.proof === undefined) queue.unshift('challenge')
    // What was proven within this second would still be fresh enough.
    clock.advance(1000)
    const acr = body.require?.acr ?? 'newel:contact'
    const demanding = { ...(await withContact(request, body)), require: { acr, max_age_s: 0 } }
    return real(withBody(request, demanding))
  }

  return {
    // Tests are often JavaScript, where nothing else would say that a misspelt outcome decides nothing.
    next: (outcome: unknown) => {
      const known = outcomes.find((each) => each === outcome)
      if (known === undefined) {
        const written = String(outcome)
        throw new TypeError(
          `next("${written}"): no such outcome; expected ${outcomes.join(', ')}${didYouMean(written, outcomes)}`,
        )
      }
      queue.push(known)
    },
    async fetch(request) {
      const text = request.method === 'GET' ? '' : await request.clone().text()
      const body = (text === '' ? {} : JSON.parse(text)) as AssessmentRequest
      const assesses = isAssessment(request)
      let outcome = byOp.get(body.op)
      if (outcome === undefined && (assesses || queue[0] === 'unavailable')) {
        outcome = queue.shift()
        if (outcome !== undefined) byOp.set(body.op, outcome)
      }
      switch (outcome) {
        case undefined:
          return real(request)
        case 'unavailable':
          throw new TypeError('fetch failed: the test said next("unavailable")')
        case 'challenge':
          return challenged(request, body)
        case 'allow':
        case 'deny': {
          const response = await real(request)
          if (!response.ok) return response
          return Response.json(altered(outcome, (await response.json()) as AssessmentResponse))
        }
      }
    },
  }
}
