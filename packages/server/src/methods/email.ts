import type { AuthenticatorRow } from '@newel/engine'
import * as v from 'valibot'
import { equalInConstantTime, hmac, randomDigits, sealText, toBase64url, unsealText } from '../crypto.ts'
import { digest12 } from '../digests.ts'
import type { Tenant } from '../tenants.ts'
import { maskEmail, type MethodContext, type ServerMethod, type Started } from './method.ts'

/** Eight, since mail is slow and a code lives five minutes: 27 bits against five attempts. */
const digits = 8

const data = v.strictObject({ address: v.string() })
const state = v.strictObject({
  authenticator: v.string(),
  digest: v.string(),
  expires_at_ms: v.number(),
  sent_at_ms: v.number(),
  /** The mail server did not take it. */
  unsent: v.optional(v.literal(true)),
})

const context = (tenant: Tenant, subject: string): string => `${tenant.id}/email/${subject}`

/** Data, lookup and destination of a mail contact's row. Addresses are compared as given but for the case of the host. */
export async function sealContact(
  tenant: Tenant,
  subject: string,
  address: string,
): Promise<Pick<AuthenticatorRow, 'data' | 'lookup' | 'destination'>> {
  const at = address.lastIndexOf('@')
  const normal = `${address.slice(0, at)}@${address.slice(at + 1).toLowerCase()}`
  return {
    data: JSON.stringify({ address: await sealText(tenant.stable.sealer, normal, context(tenant, subject)) }),
    lookup: `email:${await digest12(tenant.stable.digest, 'contact', `${subject}\n${normal}`)}`,
    // Many mailboxes differ in case only by name; limits count them as one.
    destination: await digest12(tenant.stable.digest, 'destination', normal.toLowerCase()),
  }
}

export async function openContact(
  tenant: Tenant,
  row: Pick<AuthenticatorRow, 'data' | 'subject'>,
): Promise<string> {
  const { address } = v.parse(data, JSON.parse(row.data))
  return unsealText(tenant.stable.sealer, address, context(tenant, row.subject))
}

async function codeDigest(tenant: Tenant, challenge: string, code: string): Promise<string> {
  return toBase64url(await hmac(tenant.stable.codes, `${challenge}\n${code}`))
}

async function send(call: MethodContext, to: AuthenticatorRow): Promise<Started<EmailStarted>> {
  const { tenant, challenge, nowMs, limits, mailer } = call
  const address = await openContact(tenant, to)
  const code = randomDigits(digits)
  const expiresAtMs = Math.min(challenge.expiresAtMs, nowMs + limits.challengeSeconds * 1000)
  const minutes = Math.max(1, Math.floor((expiresAtMs - nowMs) / 60_000))
  return {
    state: {
      authenticator: to.id,
      digest: await codeDigest(tenant, challenge.id, code),
      expires_at_ms: expiresAtMs,
      sent_at_ms: nowMs,
    },
    response: {
      method: 'email',
      digits,
      hint: maskEmail(address),
      resend_at_ms: nowMs + limits.resendSeconds * 1000,
      expires_at_ms: expiresAtMs,
    },
    send: {
      destination: to.destination ?? to.id,
      deliver: async () => {
        await mailer?.send({
          to: address,
          subject: `Your code for ${tenant.config.name}`,
          text: [
            `${code.slice(0, 4)} ${code.slice(4)}`,
            '',
            `Enter this code to confirm: ${call.actionText}`,
            `It works once, for ${minutes} minutes, and only in the window that asked for it.`,
            '',
            `${tenant.config.name} never asks for this code by phone or in a reply.`,
            'If you did not ask for it, somebody may know your password: change it.',
          ].join('\n'),
        })
      },
    },
  }
}

type EmailStarted = {
  method: 'email'
  digits: number
  hint: string
  resend_at_ms: number
  expires_at_ms: number
}

async function isCode(call: MethodContext, code: string): Promise<string | undefined> {
  const started = v.safeParse(state, call.state)
  if (!started.success || call.nowMs >= started.output.expires_at_ms) return undefined
  const digest = await codeDigest(call.tenant, call.challenge.id, code)
  return equalInConstantTime(digest, started.output.digest) ? started.output.authenticator : undefined
}

export const email: ServerMethod<'email'> = {
  async start(call) {
    const to = call.authenticators[0]
    return to === undefined || call.mailer === undefined ? undefined : send(call, to)
  },

  target(call) {
    const started = v.safeParse(state, call.state)
    return started.success
      ? call.authenticators.find(({ id }) => id === started.output.authenticator)
      : call.authenticators[0]
  },

  async judge(call, authenticator, { code }) {
    if ((await isCode(call, code)) !== authenticator.id) return { ok: false }
    const { acr, counter, data: kept } = authenticator
    return { ok: true, acr, amr: ['otp'], counter, data: kept }
  },

  async startEnrollment(call) {
    const to = call.authenticators.find((row) => row.confirmedAtMs === undefined)
    return to === undefined || call.mailer === undefined ? undefined : send(call, to)
  },

  async judgeEnrollment(call, { code }) {
    const id = await isCode(call, code)
    const confirms = call.authenticators.find((row) => row.id === id)
    return confirms === undefined ? { ok: false } : { ok: true, confirms }
  },
}
