import type { AuthenticatorRow } from '@newel/engine'
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import * as v from 'valibot'
import { fromBase64url, randomToken, toBase64url } from '../crypto.ts'
import type { ServerMethod } from './method.ts'

/** The heaviest part of the server, so it is loaded by the first passkey. */
const library = () => import('@simplewebauthn/server')

/** ES256, EdDSA, RS256. */
const algorithms = [-7, -8, -257]

const data = v.strictObject({
  public_key: v.string(),
  /** BE: the key may be synced; never changes (WebAuthn L3 §6.1.3). */
  backup_eligible: v.boolean(),
  /** BS: the key is synced now. */
  backed_up: v.boolean(),
  transports: v.array(v.string()),
})
const state = v.strictObject({ nonce: v.string() })

/** Framed ceremonies are refused: the prompt is part of the application's own page (WebAuthn L3 §7.2, crossOrigin). */
const clientData = v.object({
  crossOrigin: v.optional(v.literal(false)),
  topOrigin: v.optional(v.never()),
})
function isFramed(clientDataJSON: string): boolean {
  try {
    return !v.is(clientData, JSON.parse(new TextDecoder().decode(fromBase64url(clientDataJSON))))
  } catch {
    return true
  }
}

export const passkey: ServerMethod<'passkey'> = {
  async start({ tenant, authenticators, limits }) {
    if (authenticators.length === 0) return undefined
    // 32 random bytes (WebAuthn L3 §13.4.3 asks for at least 16).
    const nonce = randomToken(32)
    return {
      state: { nonce },
      response: {
        method: 'passkey',
        options: {
          challenge: nonce,
          rpId: tenant.config.rpId,
          timeout: limits.challengeSeconds * 1000,
          userVerification: 'required',
          allowCredentials: authenticators.map((row) => ({
            id: row.lookup,
            type: 'public-key',
            transports: v.parse(data, JSON.parse(row.data)).transports,
          })),
        },
      },
    }
  },

  target: ({ authenticators }, { id }) => authenticators.find((row) => row.lookup === id),

  async judge({ tenant, subject, state: started }, authenticator, response) {
    const nonce = v.safeParse(state, started)
    const stored = v.parse(data, JSON.parse(authenticator.data))
    const { userHandle } = response.response
    if (!nonce.success || isFramed(response.response.clientDataJSON)) return { ok: false }
    if (
      userHandle !== undefined &&
      userHandle !== null &&
      userHandle !== '' &&
      userHandle !== subject.userHandle
    ) {
      return { ok: false }
    }
    const { verifyAuthenticationResponse } = await library()
    try {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: response as AuthenticationResponseJSON,
        expectedChallenge: nonce.output.nonce,
        expectedOrigin: [...tenant.config.origins],
        expectedRPID: tenant.config.rpId,
        // The library compares counters before it has checked the signature; zero makes it leave that to us.
        credential: { id: authenticator.lookup, publicKey: fromBase64url(stored.public_key), counter: 0 },
        requireUserVerification: true,
      })
      if (!verified) return { ok: false }
      const backupEligible = authenticationInfo.credentialDeviceType === 'multiDevice'
      const backedUp = authenticationInfo.credentialBackedUp
      // The backup flags are fixed at creation, and a key that cannot be synced is not synced (WebAuthn L3 §7.2).
      if (backupEligible !== stored.backup_eligible || (backedUp && !backupEligible)) return { ok: false }
      const counter = authenticationInfo.newCounter
      // A counter that does not move forward tells of a copy (WebAuthn L3 §6.1.1); zero means that there is none.
      if ((counter !== 0 || authenticator.counter !== 0) && counter <= authenticator.counter)
        return { ok: false }
      return {
        ok: true,
        acr: authenticator.acr,
        amr: [backupEligible ? 'swk' : 'hwk', 'user'],
        counter,
        data: JSON.stringify({ ...stored, backed_up: backedUp }),
      }
    } catch {
      return { ok: false }
    }
  },

  async startEnrollment({ tenant, subject, authenticators, limits }) {
    const nonce = randomToken(32)
    return {
      state: { nonce },
      response: {
        method: 'passkey',
        options: {
          challenge: nonce,
          rp: { id: tenant.config.rpId, name: tenant.config.name },
          user: {
            id: subject.userHandle,
            name: subject.name ?? subject.subject,
            displayName: subject.name ?? subject.subject,
          },
          pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
          timeout: limits.challengeSeconds * 1000,
          attestation: 'none',
          excludeCredentials: authenticators.map((row) => ({ id: row.lookup, type: 'public-key' })),
          authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        },
      },
    }
  },

  async judgeEnrollment({ tenant, state: started }, response) {
    const nonce = v.safeParse(state, started)
    if (!nonce.success || isFramed(response.response.clientDataJSON)) return { ok: false }
    const { verifyRegistrationResponse } = await library()
    try {
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response: response as RegistrationResponseJSON,
        expectedChallenge: nonce.output.nonce,
        expectedOrigin: [...tenant.config.origins],
        expectedRPID: tenant.config.rpId,
        requireUserVerification: true,
        supportedAlgorithmIDs: algorithms,
      })
      if (!verified) return { ok: false }
      const { credential } = registrationInfo
      const backupEligible = registrationInfo.credentialDeviceType === 'multiDevice'
      const row: Pick<AuthenticatorRow, 'acr' | 'lookup' | 'data' | 'counter'> = {
        // `phrh` needs attestation of a device-bound key, which no policy here asks for.
        acr: 'phr',
        lookup: credential.id,
        data: JSON.stringify({
          public_key: toBase64url(credential.publicKey),
          backup_eligible: backupEligible,
          backed_up: registrationInfo.credentialBackedUp,
          transports: response.response.transports ?? [],
        }),
        counter: credential.counter,
      }
      return { ok: true, row, label: 'Passkey' }
    } catch {
      return { ok: false }
    }
  },
}
