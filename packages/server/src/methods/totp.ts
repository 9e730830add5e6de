import type { AuthenticatorRow } from '@newel/engine'
import { Secret, TOTP } from 'otpauth'
import { encode } from 'uqr'
import * as v from 'valibot'
import { sealText, unsealText } from '../crypto.ts'
import type { Tenant } from '../tenants.ts'
import type { ServerMethod } from './method.ts'

const digits = 6
const periodSeconds = 30
/** 160 bits (RFC 4226 §4 R6). */
const secretBytes = 20

const data = v.strictObject({ seed: v.string() })
const enrollmentState = v.strictObject({ seed: v.string() })

const context = (tenant: Tenant, subject: string): string => `${tenant.id}/totp/${subject}`

const build = (seed: string, issuer = '', label = ''): TOTP =>
  new TOTP({
    issuer,
    label,
    algorithm: 'SHA1',
    digits,
    period: periodSeconds,
    secret: Secret.fromBase32(seed),
  })

/**
 * The step that a code belongs to: now, one before or one after (RFC 6238 §5.2), and later than the last one accepted, so
 * that no code serves twice. `undefined` if it is none.
 */
export function acceptedStep(
  seed: string,
  code: string,
  nowMs: number,
  lastStep: number,
): number | undefined {
  const delta = build(seed).validate({ token: code, timestamp: nowMs, window: 1 })
  if (delta === null) return undefined
  const step = Math.floor(nowMs / 1000 / periodSeconds) + delta
  return step > lastStep ? step : undefined
}

export const totp: ServerMethod<'totp'> = {
  async start({ authenticators }) {
    if (authenticators.length === 0) return undefined
    return { state: {}, response: { method: 'totp', digits } }
  },

  target: ({ authenticators }) => authenticators[0],

  async judge({ tenant, nowMs, challenge }, authenticator, { code }) {
    const { seed } = v.parse(data, JSON.parse(authenticator.data))
    const plain = await unsealText(tenant.stable.sealer, seed, context(tenant, challenge.subject))
    const step = acceptedStep(plain, code, nowMs, authenticator.counter)
    if (step === undefined) return { ok: false }
    return { ok: true, acr: authenticator.acr, amr: ['otp'], counter: step, data: authenticator.data }
  },

  async startEnrollment({ tenant, subject, challenge, authenticators }) {
    // One at a time: two would halve the work of a guesser. The old one is removed first, under its own proof.
    if (authenticators.length > 0) return undefined
    const secret = new Secret({ size: secretBytes })
    const uri = build(secret.base32, tenant.config.name, subject.name ?? subject.subject).toString()
    const seed = await sealText(tenant.stable.sealer, secret.base32, context(tenant, challenge.subject))
    return {
      state: { seed },
      response: { method: 'totp', secret: secret.base32, uri, qr: qrRows(uri), digits },
    }
  },

  async judgeEnrollment({ tenant, challenge, state, nowMs }, { code }) {
    const started = v.safeParse(enrollmentState, state)
    if (!started.success) return { ok: false }
    const { seed } = started.output
    const plain = await unsealText(tenant.stable.sealer, seed, context(tenant, challenge.subject))
    const step = acceptedStep(plain, code, nowMs, 0)
    if (step === undefined) return { ok: false }
    // One row a subject: a second enrolment that raced this one finds the lookup taken.
    const row: Pick<AuthenticatorRow, 'acr' | 'lookup' | 'data' | 'counter'> = {
      acr: 'newel:otp',
      lookup: `totp:${challenge.subject}`,
      data: JSON.stringify({ seed }),
      counter: step,
    }
    return { ok: true, row, label: 'Authenticator app' }
  },
}

const qrRows = (uri: string): string[] =>
  encode(uri, { ecc: 'M', border: 2 }).data.map((row) => row.map((dark) => (dark ? '1' : '0')).join(''))
