import type { AssessmentContext, AssessmentWrite, Facts, UsedProof } from '@newel/engine'
import { receiptClaims, type ReceiptClaims } from '@newel/protocol'
import { proofExpiryMs } from './browser-calls.ts'
import type { EnvelopeBody } from './facts.ts'
import type { Call } from './services.ts'
import type { Tenant } from './tenants.ts'
import { decodeUntrusted } from './tokens/device-jws.ts'
import { proofKeyOf, readProof, verifyProof, type ReadProof } from './tokens/proof.ts'
import { recalledClaims, verifyReceipt } from './tokens/receipt.ts'

/** Receipt and proof of a browser as a back end passes them on, and for whom. */
export interface Presentation {
  readonly receipt?: string | undefined
  readonly proof?: string | undefined
  readonly aud?: string | undefined
  readonly subject?: { readonly id: string } | undefined
  readonly session?: string | undefined
}

/** The same, read without trust: only to know what to load. */
export interface Presented {
  readonly receipt: ReceiptClaims | undefined
  readonly proof: ReadProof | undefined
  /** Under which one use of the proof is remembered. */
  readonly proofKey: string | undefined
}

/** @param guess the tenant as it was last loaded, to know again what has verified under its keys */
export function readPresented(
  { receipt: token, proof: jws }: Presentation,
  guess: Tenant | undefined,
): Presented {
  const receipt =
    token === undefined
      ? undefined
      : ((guess && recalledClaims(guess, token)) ?? decodeUntrusted(token, receiptClaims))
  const proof = readProof(jws)
  const proofKey = receipt && proof ? proofKeyOf(receipt.jkt, proof.claims) : undefined
  return { receipt, proof, proofKey }
}

/** What was presented is worth this. */
export interface Standing {
  /** Valid, and tied to nobody else. */
  readonly receipt: ReceiptClaims | undefined
  /** The use of a valid proof by the receipt's key, to be recorded with whatever the call changes. */
  readonly used: UsedProof | undefined
  readonly flags: Facts['flags']
}

const without = (receipt: 'absent' | 'foreign'): Standing => ({
  receipt: undefined,
  used: undefined,
  flags: { receipt, proof: 'absent', sessionKeyChanged: false },
})

/** What receipt and proof are worth here, and whether the session is still with its key. */
export async function judgePresented(
  call: Call<unknown>,
  tenant: Tenant,
  presentation: Presentation,
  { receipt: untrusted, proof, proofKey }: Presented,
  context: AssessmentContext,
): Promise<Standing> {
  const { receipt: token, aud, subject, session } = presentation
  const verified =
    token === undefined || untrusted === undefined
      ? undefined
      : await verifyReceipt(tenant, token, call.nowMs)
  if (verified === undefined) return without('absent')
  if (isForeign(subject?.id, session, context)) return without('foreign')
  const { claims, ath } = verified
  const toleranceSeconds = call.services.limits.clockToleranceSeconds
  const expected = { jkt: claims.jkt, ath, nowMs: call.nowMs, toleranceSeconds }
  const proven =
    aud !== undefined && proofKey !== undefined && (await verifyProof(proof, { ...expected, aud }))
  const used = proven && !context.proofUsed ? { key: proofKey, expiresAtMs: proofExpiryMs(call) } : undefined
  const bound = context.session?.jkt
  return {
    receipt: claims,
    used,
    flags: {
      receipt: 'valid',
      proof: used !== undefined ? 'valid' : proven ? 'reused' : 'absent',
      sessionKeyChanged: bound !== undefined && bound !== claims.jkt,
    },
  }
}

/** Claims of a receipt that is the server's own and lives, whoever shows it. */
export const liveReceipt = async (
  tenant: Tenant,
  { receipt }: Presentation,
  nowMs: number,
): Promise<ReceiptClaims | undefined> =>
  receipt === undefined ? undefined : (await verifyReceipt(tenant, receipt, nowMs))?.claims

/** A receipt serves the subject and the session that first named it, and no other (design, section 3). */
function isForeign(
  subject: string | undefined,
  session: string | undefined,
  { tie }: Pick<AssessmentContext, 'tie'>,
): boolean {
  if (tie === undefined || subject === undefined) return false
  const otherSession = tie.session !== undefined && session !== undefined && tie.session !== session
  return tie.subject !== subject || otherSession
}

/** Ties a receipt to those who name it first; `undefined` where nothing is new. */
export function tieOf(
  { subject, session }: Pick<Presentation, 'subject' | 'session'>,
  { tie }: Pick<AssessmentContext, 'tie'>,
  receipt: ReceiptClaims | undefined,
): AssessmentWrite['tie'] {
  if (receipt === undefined || subject === undefined) return undefined
  if (tie !== undefined && (tie.session !== undefined || session === undefined)) return undefined
  return { receipt: receipt.jti, subject: subject.id, session, expiresAtMs: receipt.exp * 1000 + 120_000 }
}

/** Bodies of the visit's envelopes, the receipt's own first. */
export function envelopesOf(context: AssessmentContext, receipt: ReceiptClaims): EnvelopeBody[] {
  const rows = [...context.envelopes].sort(
    (a, b) => Number(b.digest === receipt.env) - Number(a.digest === receipt.env),
  )
  return rows.map((row) => JSON.parse(row.body) as EnvelopeBody)
}
