import { base64url } from './encoding.ts'
import { GuardError } from './error.ts'

/**
 * What Newel gets to know of a session: `base64url(SHA-256("newel-sid" ‖ aud ‖ session))`, so that neither a log of
 * Newel's nor its database can be used to take the session over.
 * @throws GuardError for an empty session, which would be one session that everybody shares
 */
export async function hashSession(aud: string, session: string): Promise<string> {
  // An `undefined` that the types did not stop would be hashed as the word.
  if (!session) {
    throw new GuardError('invalid_configuration', 'session is empty: leave it out before a session exists')
  }
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`newel-sid${aud}${session}`))
  return base64url(new Uint8Array(digest))
}
