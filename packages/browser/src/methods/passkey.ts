import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser'
import { startAuthentication, startRegistration, WebAuthnAbortService } from '@simplewebauthn/browser'
import type { Panel } from '../prompt/panel.ts'
import type { Ceremony, MethodModule } from './index.ts'

interface Steps<Response> {
  readonly label: string
  readonly run: (options: Readonly<Record<string, unknown>>) => Promise<Response>
}

const nameOf = (error: unknown): unknown => (error as { name?: unknown } | null)?.name

async function show<Response>(
  ceremony: Ceremony<{ readonly options: Readonly<Record<string, unknown>> }, Response>,
  panel: Panel,
  { label, run }: Steps<Response>,
): Promise<void> {
  const { texts, signal } = panel
  // Options are at hand before the button is pressed: Safari forgets the press over a request.
  let { options } = await ceremony.start()
  signal.addEventListener('abort', () => WebAuthnAbortService.cancelCeremony())
  panel.add(texts.passkeyAbout)
  panel.offer(label, async () => {
    let response: Response
    try {
      response = await run(options)
    } catch (error) {
      const known = nameOf(error) === 'InvalidStateError'
      // Browsers say no more than "not allowed" for a person who declined, a time-out and a missing passkey (WebAuthn L3 §14.5).
      if (!known && nameOf(error) !== 'NotAllowedError' && nameOf(error) !== 'AbortError') throw error
      panel.fail(known ? texts.passkeyKnown : texts.passkeyUnused)
      return
    }
    // An answer that was judged has spent its options.
    if (!(await ceremony.verify(response))) options = (await ceremony.restart()).options
  })
}

/** WebAuthn: the browser's own dialog does the asking. */
export const passkey: MethodModule<'passkey'> = {
  answer: (ceremony, panel) =>
    show(ceremony, panel, {
      label: panel.texts.passkeyUse,
      async run(options) {
        const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON
        const { clientExtensionResults, ...credential } = await startAuthentication({ optionsJSON })
        return { ...credential, clientExtensionResults: { ...clientExtensionResults } }
      },
    }),
  enroll: (ceremony, panel) =>
    show(ceremony, panel, {
      label: panel.texts.passkeyCreate,
      async run(options) {
        const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON
        const { clientExtensionResults, ...credential } = await startRegistration({ optionsJSON })
        return { ...credential, clientExtensionResults: { ...clientExtensionResults } }
      },
    }),
}
