import type { CDPSession, Page } from 'playwright-core'

/** A passkey provider, as Chromium's protocol for tools simulates one: it verifies the person without asking. */
export interface PasskeyProvider {
  /** Puts all passkeys into another provider, as one account on two devices does. */
  syncTo(other: PasskeyProvider): Promise<void>
  readonly session: CDPSession
  readonly id: string
}

/** Gives a page's device a passkey provider of its own. */
export async function addPasskeyProvider(page: Page): Promise<PasskeyProvider> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const { authenticatorId: id } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    session,
    id,
    async syncTo(other) {
      const { credentials } = await session.send('WebAuthn.getCredentials', { authenticatorId: id })
      for (const credential of credentials)
        await other.session.send('WebAuthn.addCredential', { authenticatorId: other.id, credential })
    },
  }
}
