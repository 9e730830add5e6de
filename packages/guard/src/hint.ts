import type { Refused } from './answers.ts'
import type { Core } from './core.ts'

/** What a page sent along with a request that Newel did not let pass. */
export interface Presented {
  readonly receipt?: string | undefined
  readonly proof?: string | undefined
  /** Origin that the guard took the proof to be for. */
  readonly aud: string
}

/** The audience that a proof names, read without trust: to say more, never to decide. */
function audienceOf(proof: string): unknown {
  try {
    const payload = (proof.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    return (JSON.parse(atob(payload)) as { readonly aud?: unknown }).aud
  } catch {
    return undefined
  }
}

function hintOf({ problem }: Refused, { receipt, proof, aud }: Presented): string | undefined {
  if (problem.code === 'unmet_authentication_requirements') {
    return 'Newel knows nothing of the account that would do: give it a verified address (putSubject, email.verified_at_ms) or enrol a passkey; without a mailer it mails no codes'
  }
  if (problem.code !== 'signals_required' || receipt === undefined || proof === undefined) return undefined
  const named = audienceOf(proof)
  return named !== undefined && named !== aud
    ? `the page made its proof for another origin than aud, ${aud}: aud has to be the origin of the request as the page sees it, scheme and port included`
    : 'receipt and proof came along and do not count: used before, too old, of another account or session, or made by another Newel than the one that this guard asks (one url, database and master key)'
}

function logOnce(
  core: Core,
  event: string,
  fields: { readonly says: string; readonly action?: string },
): void {
  const key = `${event} ${fields.action ?? ''} ${fields.says}`
  if (core.hinted.has(key)) return
  core.hinted.add(key)
  core.logger.log('warn', event, fields)
}

/** A request without an address passes, and one that comes past the proxies has none; all of them without one are a mistake. */
export const logNoAddress = (core: Core): void =>
  logOnce(core, 'address_unknown', {
    says: "clientAddress finds no address in a request: fromSocket() needs a host that names the peer, fromForwarded and fromHeader a proxy that sets the header; 'unknown' where there is none to find",
  })

/**
 * Tells the operator what the refused page cannot put right, once for each action: a person whose receipt is too old, or who has
 * no passkey, meets the same refusal every day.
 */
export function logHint(core: Core, action: string, refused: Refused, presented: Presented): void {
  const says = hintOf(refused, presented)
  if (says !== undefined) logOnce(core, refused.problem.code, { action, says })
}
