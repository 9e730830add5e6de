import type {
  AuthenticatorView,
  MethodName,
  OpenEnrollmentRequest,
  Subject,
  SubjectUpdate,
} from '@newel/protocol'
import { refuse, type Refused, type RefusalCode } from './answers.ts'
import { refuseUnanswered, type Core } from './core.ts'
import { newOp } from './encoding.ts'
import { GuardError } from './error.ts'
import { send, type Accepted } from './events.ts'
import { logHint } from './hint.ts'
import { codeOf, misuse, pointersOf, readAssessment } from './replies.ts'
import { chooseAudience, readCredential, readFacts, type Credentials, type GuardRequest } from './request.ts'
import { hashSession } from './session.ts'

/** A change of somebody's authenticators, which Newel guards itself: it asks for the best proof that the subject has. */
export type GuardedChange = Credentials & {
  readonly request: GuardRequest
  readonly subject: Subject
  /** The session that asks; only its hash leaves this process. */
  readonly session: string
}
export type Enroll = GuardedChange & {
  /** May come from the page: a method that Newel does not know is answered `400`. */
  readonly method: MethodName | (string & {})
}
export type Remove = GuardedChange & {
  /** Id of the authenticator. May come from the page: one that is not the subject's is answered `404`. */
  readonly authenticator: string
}

export type Authenticators =
  { readonly ok: true; readonly authenticators: readonly AuthenticatorView[] } | Refused

function segment(value: string): string {
  // "." and ".." would walk up the path; whatever else an id may hold is escaped.
  if (value === '' || value === '.' || value === '..') {
    throw new GuardError(
      'invalid_configuration',
      'subject.id is the opaque id of an account: not empty, "." or ".."',
    )
  }
  return encodeURIComponent(value)
}

const subjectPath = (id: string, rest = ''): string => `/v1/subjects/${segment(id)}${rest}`

const ok = (body: object): Response =>
  new Response(JSON.stringify(body), {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  })

/** What the page can bring about with what it names, rather than the application by how it is written. */
function fromPage(code: string | undefined, pointers: readonly string[]): RefusalCode | undefined {
  switch (code) {
    case 'invalid_token':
    case 'invalid_params':
    case 'not_found':
    case 'conflict':
      return code
    case 'invalid_request':
      return pointers.length > 0 && pointers.every((pointer) => pointer === '/method') ? code : undefined
    default:
      return undefined
  }
}

async function change(
  core: Core,
  input: GuardedChange,
  path: string,
  more: object,
  done: string,
): Promise<Response> {
  const token = readCredential('token', input, input.request)
  if (token.is === 'malformed') return refuse('invalid_token').response
  const receipt = readCredential('receipt', input, input.request)
  const proof = readCredential('proof', input, input.request)
  const { id: _id, ...members } = input.subject
  const body: Omit<OpenEnrollmentRequest, 'method'> = {
    op: newOp(),
    subject: members,
    session: await hashSession(core.audiences[0], input.session),
    receipt: receipt.is === 'given' ? receipt.value : undefined,
    proof: proof.is === 'given' ? proof.value : undefined,
    token: token.is === 'given' ? token.value : undefined,
    aud: chooseAudience(core.audiences, input.request),
    request: readFacts(input.request, core),
  }
  const reply = await core.call('POST', path, { ...body, ...more })
  if (!reply.answered) return refuseUnanswered(core, path, reply).response
  const code = codeOf(reply)
  if (code !== undefined) {
    const answer = fromPage(code, pointersOf(reply))
    if (answer === undefined) throw misuse(reply, path)
    return refuse(answer).response
  }
  const result = reply.body[done]
  if (result !== undefined) return ok({ [done]: result })
  const { refusal } = readAssessment(reply.body['assessment']) ?? {}
  if (refusal === undefined) return refuseUnanswered(core, path, reply).response
  logHint(core, done === 'removed' ? 'newel.remove' : 'newel.enroll', refusal, body)
  return refusal.response
}

export async function enroll(core: Core, input: Enroll): Promise<Response> {
  return change(
    core,
    input,
    subjectPath(input.subject.id, '/enrollments'),
    { method: input.method },
    'enrollment',
  )
}

export async function remove(core: Core, input: Remove): Promise<Response> {
  // It comes from the page and becomes part of a path.
  if (!/^aut_[0-9a-z]{1,64}$/.test(input.authenticator)) return refuse('not_found').response
  const path = subjectPath(input.subject.id, `/authenticators/${input.authenticator}/remove`)
  return change(core, input, path, {}, 'removed')
}

export async function authenticators(core: Core, subjectId: string): Promise<Authenticators> {
  const path = subjectPath(subjectId, '/authenticators')
  const reply = await core.call('GET', path)
  if (!reply.answered) return refuseUnanswered(core, path, reply)
  const code = codeOf(reply)
  if (code !== undefined) throw misuse(reply, path)
  const list = reply.body['authenticators']
  if (!Array.isArray(list)) return refuseUnanswered(core, path, reply)
  return { ok: true, authenticators: list as AuthenticatorView[] }
}

export async function putSubject(core: Core, subject: Subject): Promise<Accepted> {
  const { id, ...members }: Subject & SubjectUpdate = subject
  return send(core, 'PUT', subjectPath(id), members)
}
