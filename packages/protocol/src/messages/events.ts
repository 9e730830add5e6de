import * as v from 'valibot'
import { id } from '../ids.ts'
import { op, origin, sessionHash } from '../primitives.ts'
import { text } from '../signals/define.ts'
import { proofToken, receiptToken, requestFacts, subject } from './common.ts'

const context = {
  op,
  receipt: v.optional(receiptToken),
  proof: v.optional(proofToken),
  aud: v.optional(origin),
  request: v.optional(requestFacts),
}

/** `POST /v1/events`. */
export const event = v.variant('type', [
  /** A wrong password and an unknown name are reported alike; `subject` where the name is known. */
  v.strictObject({ ...context, type: v.literal('login.failed'), subject: v.optional(subject) }),
  v.strictObject({
    ...context,
    type: v.literal('session.started'),
    subject,
    session: sessionHash,
    /** The back end vouches for the device, as after a federated login: the key goes on record. Default false. */
    vouched: v.optional(v.boolean()),
  }),
  /** The application gave the same login a new session id. */
  v.strictObject({
    ...context,
    type: v.literal('session.renewed'),
    subject,
    session: sessionHash,
    previous: sessionHash,
  }),
  v.strictObject({
    ...context,
    type: v.literal('session.ended'),
    subject,
    session: sessionHash,
    reason: v.picklist(['signed_out', 'idle', 'overall', 'revoked']),
  }),
  /** The account was created in this session; the back end vouches for the device. */
  v.strictObject({
    ...context,
    type: v.literal('subject.created'),
    subject,
    session: v.optional(sessionHash),
  }),
  v.strictObject({
    ...context,
    type: v.literal('credential.changed'),
    subject,
    credential: v.picklist(['password', 'email', 'phone', 'other']),
  }),
])
export type Event = v.InferOutput<typeof event>
export const eventResponse = v.strictObject({ accepted: v.literal(true) })

/**
 * Labels. Hard ones (`not_me`, `fraud`, `security_event`) are the only ones that move the base rate; `legitimate` comes
 * from a person or a back end that looked.
 */
export const labels = ['legitimate', 'not_me', 'fraud', 'security_event'] as const
export type Label = (typeof labels)[number]

/** `POST /v1/feedback` */
export const feedbackRequest = v.strictObject({
  op,
  assessment: id('assessment'),
  label: v.picklist(labels),
  source: v.picklist(['subject', 'back_end', 'analyst']),
  note: v.optional(text(500)),
})
export type FeedbackRequest = v.InferOutput<typeof feedbackRequest>
export const feedbackResponse = v.strictObject({ recorded: v.literal(true) })
