import * as v from 'valibot'
import { acr, amr } from '../acr.ts'
import { id } from '../ids.ts'
import { methodName } from '../methods/index.ts'
import { levels } from '../policy.ts'
import { epochMs, epochSeconds, name, op, origin, params, sessionHash } from '../primitives.ts'
import { proofToken, receiptToken, require, requestFacts, stepUpToken, subject } from './common.ts'

/** `POST /v1/assessments` */
export const assessmentRequest = v.strictObject({
  op,
  action: name,
  params: v.optional(params),
  subject: v.optional(subject),
  session: v.optional(sessionHash),
  receipt: v.optional(receiptToken),
  proof: v.optional(proofToken),
  /** Origin of the page's request as the guard is configured to serve it. */
  aud: origin,
  request: requestFacts,
  require: v.optional(require),
})
export type AssessmentRequest = v.InferOutput<typeof assessmentRequest>

export const reason = v.strictObject({
  code: v.string(),
  /** Evidence in nats, positive towards "somebody else"; absent for reasons that are not evidence. */
  nats: v.optional(v.number()),
  /** How many observations of the subject stand behind it. */
  support: v.optional(v.number()),
})
export type Reason = v.InferOutput<typeof reason>

export const challengeReference = v.strictObject({
  id: id('challenge'),
  methods: v.array(methodName),
  acr,
  expires_at_ms: epochMs,
})

export const decision = v.picklist(['allow', 'challenge', 'deny'])
export type Decision = v.InferOutput<typeof decision>

export const assessmentResponse = v.strictObject({
  id: id('assessment'),
  risk: v.strictObject({
    /** Probability of attack, 0 to 1. */
    score: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
    /** Sum of the evidence, before the base rate. */
    nats: v.number(),
    level: v.picklist(levels),
    calibration: v.picklist(['shipped', 'tenant']),
  }),
  decision,
  /** Why not, where the decision is no `allow`. `signals_required`: nothing was opened, the page has to send an envelope first. */
  problem: v.optional(
    v.picklist([
      'insufficient_user_authentication',
      'signals_required',
      'denied',
      'unmet_authentication_requirements',
    ]),
  ),
  reasons: v.array(reason),
  /** With `allow`, what the session holds; else what is asked. */
  acr,
  max_age_s: v.optional(v.number()),
  challenge: v.optional(challengeReference),
  /** The policy declares the action `once`: while Newel is away, a guard lets none of its requests through. */
  once: v.optional(v.boolean()),
  policy_version: v.string(),
  model_version: v.string(),
})
export type AssessmentResponse = v.InferOutput<typeof assessmentResponse>

/** `POST /v1/tokens/consume` */
export const consumeRequest = v.strictObject({
  op,
  token: stepUpToken,
  proof: proofToken,
  aud: origin,
  subject,
  session: v.optional(sessionHash),
  action: name,
  params: v.optional(params),
  /** Least assurance that the token has to carry, where the caller asks more than the policy did. */
  acr: v.optional(acr),
})
export type ConsumeRequest = v.InferOutput<typeof consumeRequest>

export const consumeResponse = v.strictObject({
  consumed: v.literal(true),
  assessment: id('assessment'),
  challenge: id('challenge'),
  acr,
  amr: v.array(amr),
  auth_time: epochSeconds,
})
export type ConsumeResponse = v.InferOutput<typeof consumeResponse>
