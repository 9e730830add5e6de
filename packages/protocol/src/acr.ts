import * as v from 'valibot'

/**
 * The assurance ladder, weakest first (design, section 4; names `phr` and `phrh` of OpenID EAP ACR Values 1.0).
 * `newel:contact` says that an address was confirmed and no more: no AAL is claimed for it (NIST SP 800-63B-4
 * §3.1.3.1), and codes never add up.
 */
export const acrLadder = ['newel:base', 'newel:contact', 'newel:otp', 'phr', 'phrh'] as const
export type Acr = (typeof acrLadder)[number]
export const acr = v.picklist(acrLadder)

/** Whether `held` satisfies `required`. Anything that is not on the ladder, on either side, satisfies nothing. */
export function acrSatisfies(held: string, required: string): boolean {
  const have = acrLadder.indexOf(held as Acr)
  const need = acrLadder.indexOf(required as Acr)
  return have >= 0 && need >= 0 && have >= need
}

/** The stronger of two. */
export const strongerAcr = (a: Acr, b: Acr): Acr => (acrSatisfies(a, b) ? a : b)
/** The weaker of two. */
export const weakerAcr = (a: Acr, b: Acr): Acr => (acrSatisfies(a, b) ? b : a)

/** Authentication method references that Newel issues (RFC 8176 §2). */
export const amrValues = ['otp', 'hwk', 'swk', 'user', 'sms'] as const
export type Amr = (typeof amrValues)[number]
export const amr = v.picklist(amrValues)
