import { nextSendAtMs, type ChallengeContext } from '@newel/engine'
import * as v from 'valibot'
import { ProblemError } from './problem.ts'
import type { Call } from './services.ts'

export interface Send {
  readonly key: string
  readonly number: number
}

export const tooMany = (nowMs: number, untilMs: number): ProblemError => {
  const seconds = String(Math.max(1, Math.ceil((untilMs - nowMs) / 1000)))
  return new ProblemError('too_many_requests', {}, { headers: { 'retry-after': seconds } })
}

/**
 * The sends that one code counts as, on its subject and on its destination; refused while either is at its limit. They are
 * recorded under these numbers before anything leaves, so that racing callers cannot pass the limit.
 */
export function countSend(
  call: Call<unknown>,
  context: ChallengeContext,
  subject: string,
  destination: string,
): Send[] {
  return [`subject:${subject}`, `destination:${destination}`].map((key) => {
    const sent = context.sends.find((row) => row.key === key)
    const untilMs = nextSendAtMs(sent, call.nowMs, call.services.limits)
    if (untilMs !== undefined) throw tooMany(call.nowMs, untilMs)
    return { key, number: (sent?.count ?? 0) + 1 }
  })
}

/** How long a mail server is left alone after a failure. */
const againSeconds = 5

const sentState = v.looseObject({ sent_at_ms: v.number(), unsent: v.optional(v.literal(true)) })

/** State of a code that the mail server did not take. It serves all the same: servers fail after the mail has left, too. */
export const unsent = (state: unknown): unknown => ({ ...(state as object), unsent: true })

/**
 * One code at a time may be on its way: a new one overwrites the old, so it has to have had time to arrive. After one that
 * was not sent, the answer until then is that it was not.
 */
export function requireResendGap(call: Call<unknown>, state: unknown): void {
  const sent = v.safeParse(sentState, state)
  if (!sent.success) return
  const failed = sent.output.unsent === true
  const againAtMs =
    sent.output.sent_at_ms + (failed ? againSeconds : call.services.limits.resendSeconds) * 1000
  if (call.nowMs >= againAtMs) return
  throw failed ? notSent(Math.ceil((againAtMs - call.nowMs) / 1000)) : tooMany(call.nowMs, againAtMs)
}

const notSent = (againInSeconds: number, cause?: unknown): ProblemError =>
  new ProblemError(
    'newel_unavailable',
    { detail: 'the code could not be sent' },
    { headers: { 'retry-after': String(againInSeconds) }, cause },
  )

/**
 * What of a failed delivery may be logged. Mail servers repeat the address and sometimes the text in what they say, so their
 * words stay out: the code of the error and the reply's number are enough to look there.
 */
export function deliveryFailure(error: unknown): Error {
  const { code, responseCode } = (error ?? {}) as { readonly code?: unknown; readonly responseCode?: unknown }
  const said = [
    typeof code === 'string' && /^[A-Z_]{1,32}$/.test(code) ? code : 'no code',
    ...(Number.isInteger(responseCode) ? [String(responseCode)] : []),
  ]
  return new Error(`the mail was not delivered (${said.join(' ')})`)
}

/** Sends inside the call. The log learns why it failed, the browser that it did. */
export async function deliver(send: (() => Promise<void>) | undefined): Promise<void> {
  try {
    await send?.()
  } catch (cause) {
    throw notSent(againSeconds, deliveryFailure(cause))
  }
}
