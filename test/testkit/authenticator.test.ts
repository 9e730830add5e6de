import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { softwareAuthenticator, type AuthenticatorOptions } from '@newel/testkit'
import { describe, expect, it } from 'vitest'

const rpID = 'app.test'
const origin = 'https://app.test'

async function register(options: AuthenticatorOptions = {}) {
  const authenticator = softwareAuthenticator(options)
  const creation = await generateRegistrationOptions({ rpName: 'App', rpID, userName: 'ada' })
  const response = await authenticator.create({ ...creation }, origin)
  const result = await verifyRegistrationResponse({
    response: response as unknown as RegistrationResponseJSON,
    expectedChallenge: creation.challenge,
    expectedOrigin: origin,
    expectedRPID: rpID,
    requireUserVerification: false,
  })
  if (!result.verified) throw new Error('expected a registration')
  return { authenticator, creation, info: result.registrationInfo }
}

describe('the software authenticator', () => {
  it('registers and authenticates as a platform authenticator does', async () => {
    const { authenticator, creation, info } = await register()
    expect(info).toMatchObject({
      fmt: 'none',
      userVerified: true,
      credentialDeviceType: 'multiDevice',
      credentialBackedUp: true,
    })
    // Signatures begin with a high bit in half of the cases: sixteen show that both are encoded right.
    for (let round = 0; round < 16; round++) {
      const request = await generateAuthenticationOptions({
        rpID,
        allowCredentials: [{ id: info.credential.id }],
      })
      const response = await authenticator.get({ ...request }, origin)
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: response as unknown as AuthenticationResponseJSON,
        expectedChallenge: request.challenge,
        expectedOrigin: origin,
        expectedRPID: rpID,
        credential: info.credential,
        requireUserVerification: true,
      })
      expect([verified, authenticationInfo.newCounter]).toEqual([true, 0])
      expect((response['response'] as { userHandle: string }).userHandle).toBe(creation.user.id)
    }
  })

  it('says so where nobody verified the user and where the key is bound to the device', async () => {
    const { info } = await register({ userVerified: false, synced: false })
    expect(info).toMatchObject({
      userVerified: false,
      credentialDeviceType: 'singleDevice',
      credentialBackedUp: false,
    })
  })

  it('signs for the relying party that a credential was made for, and for no other', async () => {
    const { authenticator, creation, info } = await register()
    await expect(authenticator.get({ challenge: 'AAAA', rpId: 'evil.test' }, origin)).rejects.toThrow(
      'No credential',
    )
    await expect(
      authenticator.get({ challenge: 'AAAA', rpId: rpID, allowCredentials: [{ id: 'other' }] }, origin),
    ).rejects.toThrow('No credential')
    await expect(
      authenticator.create({ ...creation, excludeCredentials: [{ id: info.credential.id }] }, origin),
    ).rejects.toThrow('excludeCredentials')
    expect(authenticator.size).toBe(1)
  })
})
