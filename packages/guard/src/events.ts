import type { Event, FeedbackRequest } from '@newel/protocol'
import type { Refused } from './answers.ts'
import { refuseUnanswered, type Core } from './core.ts'
import { newOp } from './encoding.ts'
import { codeOf, misuse } from './replies.ts'
import { chooseAudience, readCredential, readFacts, type Credentials, type GuardRequest } from './request.ts'
import { hashSession } from './session.ts'

type OmitFromEach<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

/**
 * What happened in the application: `login.failed` (a wrong password and an unknown name alike), `session.started`,
 * `session.renewed`, `session.ended`, `subject.created`, `credential.changed`. Sessions are given as they are and hashed
 * here; `request` is the request that brought it about, where there is one.
 */
export type ReportedEvent = OmitFromEach<Event, 'op' | 'receipt' | 'proof' | 'aud' | 'request'> &
  Pick<Credentials, 'receipt' | 'proof'> & { readonly request?: GuardRequest | undefined }

export type Feedback = Omit<FeedbackRequest, 'op'>

/** Newel took it, or could not be reached. */
export type Accepted = { readonly ok: true } | Refused

/** Sends what has no answer but "taken". Mistakes are thrown; an outage is an outcome, so that a sign-in can go on. */
export async function send(
  core: Core,
  method: 'POST' | 'PUT',
  path: string,
  body: object,
): Promise<Accepted> {
  const reply = await core.call(method, path, body)
  if (!reply.answered) return refuseUnanswered(core, path, reply)
  const code = codeOf(reply)
  if (code !== undefined && code !== 'conflict') throw misuse(reply, path)
  return reply.status < 300 ? { ok: true } : refuseUnanswered(core, path, reply)
}

export async function report(core: Core, reported: ReportedEvent): Promise<Accepted> {
  const { request, receipt: _receipt, proof: _proof, ...event } = reported
  const hashed: { session?: string; previous?: string } = {}
  for (const member of ['session', 'previous'] as const) {
    const session = (event as { session?: string; previous?: string })[member]
    if (session !== undefined) hashed[member] = await hashSession(core.audiences[0], session)
  }
  const receipt = request && readCredential('receipt', reported, request)
  const proof = request && readCredential('proof', reported, request)
  return send(core, 'POST', '/v1/events', {
    ...event,
    ...hashed,
    op: newOp(),
    ...(request && {
      aud: chooseAudience(core.audiences, request),
      request: readFacts(request, core),
    }),
    ...(receipt?.is === 'given' && { receipt: receipt.value }),
    ...(proof?.is === 'given' && { proof: proof.value }),
  })
}

export const feedback = (core: Core, given: Feedback): Promise<Accepted> =>
  send(core, 'POST', '/v1/feedback', { ...given, op: newOp() })
