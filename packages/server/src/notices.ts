import { isActive, type AuthenticatorRow, type OutboxRow } from '@newel/engine'
import type { MethodName } from '@newel/protocol'
import * as v from 'valibot'
import { newId } from './ids.ts'
import type { Tenant } from './tenants.ts'

/** Body of a notice in the outbox. `to` carries the rows: by the time it leaves, a contact may have ended. */
export const notice = v.object({
  what: v.picklist([
    'contact_replaced',
    'contact_bound_again',
    'authenticator_added',
    'authenticator_disabled',
    'authenticator_removed',
  ]),
  to: v.array(v.object({ data: v.string(), subject: v.string() })),
  detail: v.optional(v.string()),
})

/** What a notice calls a method. Never its label, which whoever adds it writes. */
const methodNames: Readonly<Record<MethodName, string>> = {
  passkey: 'A passkey',
  totp: 'An authenticator app',
  email: 'A mail address',
}

/** A notice to every contact a subject has now. */
export function noticeToAll(
  tenant: Tenant,
  subject: string,
  bucket: number,
  authenticators: readonly AuthenticatorRow[],
  what: Exclude<v.InferOutput<typeof notice>['what'], 'contact_replaced'>,
  method: MethodName,
  nowMs: number,
): OutboxRow[] {
  const to = authenticators
    .filter((row) => row.method === 'email' && isActive(row, nowMs))
    .map(({ data }) => ({ data, subject }))
  if (to.length === 0) return []
  const body = JSON.stringify({ what, to, detail: methodNames[method] })
  return [
    { tenant: tenant.id, id: newId('message', nowMs, bucket), kind: 'notice', subject, body, dueAtMs: nowMs },
  ]
}

export function noticeText(
  what: v.InferOutput<typeof notice>['what'],
  name: string,
  detail = '',
): { subject: string; text: string } {
  const ending = 'If this was not you, change your password and tell us at once.'
  switch (what) {
    case 'contact_replaced':
      return {
        subject: `Your mail address at ${name} is being replaced`,
        text: `Another mail address was set for your account. This one keeps receiving codes until the change takes effect.\n\n${ending}`,
      }
    case 'contact_bound_again':
      return {
        subject: `A mail address serves again at ${name}`,
        text: `After many wrong codes, a mail address of your account took no more of them. It was confirmed anew and can be used again to confirm actions in your account.\n\n${ending}`,
      }
    case 'authenticator_added':
      return {
        subject: `A sign-in method was added at ${name}`,
        text: `${detail} can now be used to confirm actions in your account.\n\n${ending}`,
      }
    case 'authenticator_disabled':
      return {
        subject: `A sign-in method was switched off at ${name}`,
        text: `Many codes in a row were wrong. ${detail} can no longer be used to confirm actions in your account until it is confirmed or set up anew.\n\n${ending}`,
      }
    case 'authenticator_removed':
      return {
        subject: `A sign-in method was removed at ${name}`,
        text: `${detail} can no longer be used to confirm actions in your account.\n\n${ending}`,
      }
  }
}
