import type { ChallengeRow, DecisionOutput, Question } from '@newel/engine'
import type { ActionDeclaration, AssessmentRequest, AssessmentResponse } from '@newel/protocol'
import type { Tenant } from './tenants.ts'

/** What the caller asks beyond the policy, in the engine's words. */
export function requirementOf({ require }: Pick<AssessmentRequest, 'require'>): Pick<Question, 'require'> {
  if (require === undefined) return {}
  const { acr, max_age_s: maxAgeSeconds } = require
  return {
    require: { ...(acr !== undefined && { acr }), ...(maxAgeSeconds !== undefined && { maxAgeSeconds }) },
  }
}

/** A decision in the words of the wire. */
export function responseOf(
  tenant: Tenant,
  id: string,
  action: ActionDeclaration,
  output: DecisionOutput,
  challenge: ChallengeRow | undefined,
): AssessmentResponse {
  return {
    id: id as AssessmentResponse['id'],
    risk: {
      score: output.score,
      nats: output.nats,
      level: output.level,
      calibration: output.calibration,
    },
    decision: output.decision,
    ...(output.problem !== undefined && { problem: output.problem }),
    ...(action.once === true && { once: true }),
    reasons: [...output.reasons],
    acr: output.acr,
    ...(output.required !== undefined && { max_age_s: output.required.maxAgeSeconds }),
    ...(challenge !== undefined && {
      challenge: {
        id: challenge.id as NonNullable<AssessmentResponse['challenge']>['id'],
        methods: [...challenge.methods],
        acr: challenge.acr,
        expires_at_ms: challenge.expiresAtMs,
      },
    }),
    policy_version: tenant.policyVersion,
    model_version: tenant.modelVersion,
  }
}
