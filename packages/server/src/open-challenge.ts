import {
  canonicalAction,
  type AssessmentContext,
  type ChallengeRow,
  type DecisionOutput,
  type Facts,
} from '@newel/engine'
import { acrSatisfies, type AssessmentRequest, type Params } from '@newel/protocol'
import { sha256 } from './crypto.ts'
import { newId } from './ids.ts'
import type { Call } from './services.ts'
import type { Tenant } from './tenants.ts'

/** A question and where it was asked: the body of an assessment, or of a call that Newel guards by itself. */
export type AssessInput = Omit<AssessmentRequest, 'op'> & { readonly op: string; readonly route: string }

/** Digest of the canonical form of an action and its params: what challenge and token are bound to. */
export const hashAction = (action: string, params: Params): string => sha256(canonicalAction(action, params))

interface Opening {
  readonly context: AssessmentContext
  readonly output: DecisionOutput
  readonly facts: Facts
  readonly openKey: string | undefined
  readonly assessmentId: string
  readonly bucket: number
  readonly once: boolean
  readonly startsSession: boolean
}

/** The challenge to answer: the one that is open for the same question, asks enough and offers no more, or a new one. */
export function openChallenge(
  call: Call<unknown>,
  tenant: Tenant,
  input: AssessInput,
  opening: Opening,
): { challenge?: ChallengeRow; created?: ChallengeRow } {
  const { output, context, facts } = opening
  const { required } = output
  const jkt = facts.device.jkt
  if (
    output.decision !== 'challenge' ||
    required === undefined ||
    jkt === undefined ||
    input.subject === undefined
  )
    return {}
  if (output.problem === 'signals_required') return {}
  const standing = opening.once ? undefined : context.openChallenge
  if (
    standing !== undefined &&
    acrSatisfies(standing.acr, required.acr) &&
    standing.methods.every((method) => required.methods.includes(method))
  )
    return { challenge: standing }
  const created: ChallengeRow = {
    tenant: tenant.id,
    id: newId('challenge', call.nowMs, opening.bucket),
    kind: 'challenge',
    assessment: opening.assessmentId,
    subject: input.subject.id,
    session: input.session,
    jkt,
    aud: input.aud,
    action: input.action,
    actionHash: hashAction(input.action, input.params ?? {}),
    params: input.params ?? {},
    acr: required.acr,
    methods: required.methods,
    startsSession: opening.startsSession && input.session === undefined,
    once: opening.once,
    // One that asks less or offers more still holds the key; the new one then stands beside it and is not shared.
    openKey: opening.once || standing !== undefined ? undefined : opening.openKey,
    createdAtMs: call.nowMs,
    expiresAtMs: call.nowMs + call.services.limits.challengeSeconds * 1000,
    maxAttempts: call.services.limits.attemptsPerChallenge,
    attempts: 0,
    state: '{}',
    starts: 0,
    ended: undefined,
  }
  return { challenge: created, created }
}
