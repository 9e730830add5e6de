import { effectiveAcr, type AuthenticatorRow, type Grant } from '@newel/engine'
import {
  acrSatisfies,
  methods,
  type Acr,
  type ChallengeView,
  type MethodName,
  type MethodResponse,
  type StepUpClaims,
  type VerifyResponse,
} from '@newel/protocol'
import * as v from 'valibot'
import { schemaProblem } from '../body.ts'
import { opRow } from '../calls.ts'
import { actionText, answering, loadOpen, methodContext, withNonce, type OpenCall } from '../challenges.ts'
import { randomToken } from '../crypto.ts'
import { serverMethods } from '../methods/index.ts'
import { maskEmail, type Judged } from '../methods/method.ts'
import { openContact } from '../methods/email.ts'
import { begin, cancel, countAttempt, fail, outrun, rounds } from '../attempts.ts'
import { featuresAsked, outcomeRow } from '../outcomes.ts'
import { ProblemError } from '../problem.ts'
import type { Answer, Call } from '../services.ts'
import { newId } from '../ids.ts'
import { issueStepUp } from '../tokens/step-up.ts'
import type { RouteBody } from './specs/index.ts'

export async function challenge(call: Call): Promise<Answer> {
  const loaded = await loadOpen(call, 'challenge', 'get', undefined)
  if (loaded.repeated) return loaded.repeated
  const { open } = loaded
  const used = await call.store.recordProof(open.tenant.id, open.proof)
  if (used.lost) throw new ProblemError('invalid_dpop_proof')
  const offered: ChallengeView['methods'] = []
  for (const method of open.challenge.methods) {
    const [first] = answering(open, method, call.nowMs)
    if (first === undefined) continue
    const hint = method === 'email' ? maskEmail(await openContact(open.tenant, first)) : undefined
    offered.push({ method, ...(hint !== undefined && { hint }) })
  }
  const view: ChallengeView = {
    id: open.challenge.id as ChallengeView['id'],
    methods: offered,
    acr: open.challenge.acr,
    expires_at_ms: open.challenge.expiresAtMs,
    attempts_left: open.challenge.maxAttempts - open.challenge.attempts,
    action: { name: open.challenge.action, text: actionText(open) },
  }
  return withNonce(call, open.tenant, open.challenge.jkt, { body: view })
}

export async function challengeStart(call: Call<RouteBody<'challengeStart'>>): Promise<Answer> {
  const { op, method } = call.body
  for (let round = 0; round < rounds; round++) {
    const loaded = await loadOpen(call, 'challenge', 'start', op)
    if (loaded.repeated) return loaded.repeated
    const { open } = loaded
    // The policy chose the methods; a client cannot pick another (OWASP TA 2.2).
    if (!open.challenge.methods.includes(method)) throw new ProblemError('challenge_unavailable')
    const context = methodContext(call, open, method, answering(open, method, call.nowMs))
    const started = await serverMethods[method].start(context)
    if (started === undefined) throw new ProblemError('challenge_unavailable')
    const answer = await begin(call, open, { method, state: context.state }, started, op)
    if (answer !== undefined) return answer
  }
  throw new ProblemError('conflict')
}

export async function challengeVerify(call: Call<RouteBody<'challengeVerify'>>): Promise<Answer> {
  const { op, method } = call.body
  const response = v.safeParse(methods[method].response, call.body.response)
  if (!response.success) throw schemaProblem(response.issues)
  for (let round = 0; round < rounds; round++) {
    const loaded = await loadOpen(call, 'challenge', 'verify', op, 'verification_failed')
    if (loaded.repeated) return loaded.repeated
    const answer = await judge(call, loaded.open, method, response.output, op)
    if (answer !== undefined) return answer
  }
  throw new ProblemError('conflict')
}

/** Counts, then judges, then records. `undefined`: another call came between. */
async function judge<M extends MethodName>(
  call: Call<unknown>,
  open: OpenCall,
  method: M,
  response: MethodResponse<M>,
  op: string,
): Promise<Answer | undefined> {
  if (!open.challenge.methods.includes(method)) throw new ProblemError('verification_failed')
  const context = methodContext(call, open, method, answering(open, method, call.nowMs))
  const authenticator = serverMethods[method].target(context, response)
  const counted = await countAttempt(call, open, authenticator)
  if (!counted) return undefined
  if (authenticator !== undefined) {
    const judged = await serverMethods[method].judge(context, authenticator, response)
    if (judged.ok) {
      const acr = effectiveAcr({ ...authenticator, acr: judged.acr }, call.nowMs)
      if (acrSatisfies(acr, open.challenge.acr))
        return pass(call, open, { authenticator, method, judged, acr, op })
    }
  }
  return fail(call, open, op, outcomeRow(call, open, { kind: 'failed', method }), authenticator)
}

interface Passed {
  readonly authenticator: AuthenticatorRow
  readonly method: MethodName
  readonly judged: Extract<Judged, { ok: true }>
  readonly acr: Acr
  readonly op: string
}

/** Token, grant, session assurance and outcome in one change, with one winner. */
async function pass(call: Call<unknown>, open: OpenCall, passed: Passed): Promise<Answer> {
  const { tenant, challenge: row } = open
  const { nowMs, services } = call
  const { method, judged, acr } = passed
  const authTime = Math.floor(nowMs / 1000)
  const claims: StepUpClaims = {
    iss: tenant.issuer,
    aud: row.aud,
    sub: row.subject,
    ...(row.session !== undefined && { sid: row.session }),
    iat: authTime,
    exp: authTime + services.limits.tokenSeconds,
    jti: randomToken(16),
    auth_time: authTime,
    acr,
    amr: [...judged.amr],
    cnf: { jkt: row.jkt },
    action: row.action,
    action_hash: row.actionHash,
    chl: row.id as StepUpClaims['chl'],
  }
  const token: VerifyResponse = {
    token: await issueStepUp(tenant, claims, nowMs),
    expires_at_ms: claims.exp * 1000,
  }
  const answer: Answer = { body: token }
  const features = featuresAsked(open)
  const grant: Grant | undefined = features?.device.ephemeral
    ? undefined
    : {
        id: newId('grant', nowMs, open.subject.bucket),
        jkt: row.jkt,
        method,
        acr,
        challenge: row.id,
        atMs: nowMs,
      }
  const written = await call.store.recordPass({
    tenant: tenant.id,
    id: row.id,
    subject: row.subject,
    op: await opRow(call, tenant, open.route, passed.op, answer),
    grant,
    assurance: row.startsSession ? undefined : { acr, authTimeMs: authTime * 1000 },
    authenticator: {
      id: passed.authenticator.id,
      expectedCounter: passed.authenticator.counter,
      counter: judged.counter,
      data: judged.data,
      confirms: undefined,
    },
    enrolled: undefined,
    meets: { session: row.session, jkt: row.jkt, acr, prefix: features?.network.prefix },
    event: outcomeRow(call, open, { kind: 'passed', method, acr }),
    outbox: [],
    nowMs,
  })
  return written.lost ? outrun(call, open, passed.op) : withNonce(call, tenant, row.jkt, answer)
}

export async function challengeCancel(call: Call<RouteBody<'challengeCancel'>>): Promise<Answer> {
  return cancel(call, 'challenge')
}
