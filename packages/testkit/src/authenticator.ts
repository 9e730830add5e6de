import { base64url } from 'jose'
import { encodeCbor, type Cbor } from './cbor.ts'

/** A passkey provider in software: ES256, attestation `none`, discoverable credentials. */
export interface SoftwareAuthenticator {
  /** How many credentials it holds. */
  readonly size: number
  /** What `navigator.credentials.create` would give, as `toJSON()`. */
  create(options: Readonly<Record<string, unknown>>, origin: string): Promise<Record<string, unknown>>
  /** What `navigator.credentials.get` would give, as `toJSON()`. */
  get(options: Readonly<Record<string, unknown>>, origin: string): Promise<Record<string, unknown>>
}

export interface AuthenticatorOptions {
  /** The person shows that it is them, by PIN or biometrics. Default true. */
  readonly userVerified?: boolean
  /** The key may be synced, and is. Default true. */
  readonly synced?: boolean
}

interface Credential {
  readonly id: string
  readonly rpId: string
  readonly userHandle: string
  readonly privateKey: CryptoKey
}

/** Members of the WebAuthn options that an authenticator acts on. */
interface CreationOptions {
  readonly challenge: string
  readonly rp: { readonly id: string }
  readonly user: { readonly id: string }
  readonly excludeCredentials?: readonly { readonly id: string }[]
}
interface RequestOptions {
  readonly challenge: string
  readonly rpId: string
  readonly allowCredentials?: readonly { readonly id: string }[]
}

/** Flags of WebAuthn L3 §6.1. */
const flags = { present: 0x01, verified: 0x04, backupEligible: 0x08, backedUp: 0x10, attested: 0x40 }

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
const concat = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap((part) => [...part]))

/** WebCrypto signs as `r ‖ s`, WebAuthn as an ASN.1 sequence of two integers (RFC 3279 §2.2.3). */
function derSignature(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const integer = (half: Uint8Array): Uint8Array => {
    const first = half.findIndex((byte) => byte !== 0)
    const trimmed = half.subarray(first)
    const value = (trimmed[0] ?? 0) >= 0x80 ? concat([0], trimmed) : trimmed
    return concat([0x02, value.length], value)
  }
  const body = concat(integer(raw.subarray(0, 32)), integer(raw.subarray(32)))
  return concat([0x30, body.length], body)
}

const clientData = (type: string, challenge: string, origin: string): Uint8Array<ArrayBuffer> =>
  utf8(JSON.stringify({ type, challenge, origin, crossOrigin: false }))

const asJson = (id: string, response: object): Record<string, unknown> => ({
  id,
  rawId: id,
  type: 'public-key',
  authenticatorAttachment: 'platform',
  clientExtensionResults: {},
  response,
})

/** Makes keys as it goes; each belongs to this authenticator alone. */
export function softwareAuthenticator(options: AuthenticatorOptions = {}): SoftwareAuthenticator {
  const { userVerified = true, synced = true } = options
  const credentials: Credential[] = []
  const state =
    flags.present | (userVerified ? flags.verified : 0) | (synced ? flags.backupEligible | flags.backedUp : 0)
  // A counter of zero: synced keys have none (WebAuthn L3 §6.1.1).
  const authenticatorData = async (rpId: string, extra: number): Promise<Uint8Array> =>
    concat(await sha256(utf8(rpId)), [state | extra, 0, 0, 0, 0])

  return {
    get size() {
      return credentials.length
    },

    async create(given, origin) {
      const { challenge, rp, user, excludeCredentials = [] } = given as unknown as CreationOptions
      if (credentials.some(({ id }) => excludeCredentials.some((excluded) => excluded.id === id))) {
        throw new DOMException('The authenticator holds one of excludeCredentials.', 'InvalidStateError')
      }
      const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign'])
      const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey)
      const rawId = crypto.getRandomValues(new Uint8Array(32))
      const id = base64url.encode(rawId)
      credentials.push({ id, rpId: rp.id, userHandle: user.id, privateKey: pair.privateKey })
      // COSE_Key: EC2, ES256, P-256 (RFC 9053 §7.1).
      const coseKey = encodeCbor(
        new Map<number, Cbor>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, base64url.decode(x)],
          [-3, base64url.decode(y)],
        ]),
      )
      const authData = concat(
        await authenticatorData(rp.id, flags.attested),
        new Uint8Array(16),
        [0, rawId.length],
        rawId,
        coseKey,
      )
      const attestationObject = encodeCbor(
        new Map<string, Cbor>([
          ['fmt', 'none'],
          ['attStmt', new Map<string, Cbor>()],
          ['authData', authData],
        ]),
      )
      return asJson(id, {
        clientDataJSON: base64url.encode(clientData('webauthn.create', challenge, origin)),
        attestationObject: base64url.encode(attestationObject),
        transports: ['internal'],
      })
    },

    async get(given, origin) {
      const { challenge, rpId, allowCredentials = [] } = given as unknown as RequestOptions
      const credential = credentials.find(
        (held) =>
          held.rpId === rpId &&
          (allowCredentials.length === 0 || allowCredentials.some((allowed) => allowed.id === held.id)),
      )
      if (credential === undefined) throw new DOMException('No credential serves here.', 'NotAllowedError')
      const authData = await authenticatorData(rpId, 0)
      const clientDataJSON = clientData('webauthn.get', challenge, origin)
      const signed = concat(authData, await sha256(clientDataJSON))
      const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
      const signature = await crypto.subtle.sign(algorithm, credential.privateKey, signed)
      return asJson(credential.id, {
        clientDataJSON: base64url.encode(clientDataJSON),
        authenticatorData: base64url.encode(authData),
        signature: base64url.encode(derSignature(new Uint8Array(signature))),
        userHandle: credential.userHandle,
      })
    },
  }
}
