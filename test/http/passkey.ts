import { base64url } from 'jose'
import { encodeCbor, type Cbor } from '../../packages/testkit/src/cbor.ts'

/** What a forger may change; the rest is as an honest authenticator gives it. */
export interface Forgery {
  readonly type?: string
  readonly challenge?: string
  readonly origin?: string
  /** Replaces or adds members of the client data. */
  readonly clientData?: Readonly<Record<string, unknown>>
  readonly rpId?: string
  readonly flags?: number
  readonly counter?: number
  /** `null` for none. */
  readonly userHandle?: string | null
  readonly id?: string
  /** Signs with another key. */
  readonly foreignKey?: boolean
  /** Changes a byte after signing. */
  readonly tamper?: 'signature' | 'authenticatorData' | 'clientData'
}

/** One credential in software, whose holder lies where told to. */
export interface Passkey {
  readonly id: string
  create(options: Readonly<Record<string, unknown>>, origin: string, forgery?: Forgery): Promise<object>
  get(options: Readonly<Record<string, unknown>>, origin: string, forgery?: Forgery): Promise<object>
}

/** Flags of WebAuthn L3 §6.1. */
export const flags = { present: 0x01, verified: 0x04, backupEligible: 0x08, backedUp: 0x10, attested: 0x40 }
const honest = flags.present | flags.verified

type Bytes = Uint8Array<ArrayBuffer>
const utf8 = (text: string): Bytes => new TextEncoder().encode(text)
const sha256 = async (bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
const concat = (...parts: readonly (Uint8Array | readonly number[])[]): Bytes =>
  Uint8Array.from(parts.flatMap((part) => [...part]))

/** From `r ‖ s` to the ASN.1 sequence of two integers that WebAuthn wants. */
function der(raw: Bytes): Bytes {
  const integer = (half: Bytes): Bytes => {
    const value = half.subarray(half.findIndex((byte) => byte !== 0))
    const positive = (value[0] ?? 0) < 0x80 ? value : concat([0], value)
    return concat([0x02, positive.length], positive)
  }
  const body = concat(integer(raw.subarray(0, 32)), integer(raw.subarray(32)))
  return concat([0x30, body.length], body)
}

const changed = (bytes: Bytes): Bytes => {
  const copy = Uint8Array.from(bytes)
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1
  return copy
}

const generate = (): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign'])

export async function createPasskey(): Promise<Passkey> {
  const pair = await generate()
  const rawId = crypto.getRandomValues(new Uint8Array(32))
  const id = base64url.encode(rawId)
  let userHandle = ''

  async function parts(kind: string, challenge: unknown, rpId: string, origin: string, forgery: Forgery) {
    const client = {
      type: forgery.type ?? kind,
      challenge: forgery.challenge ?? challenge,
      origin: forgery.origin ?? origin,
      crossOrigin: false,
      ...forgery.clientData,
    }
    const counter = new DataView(new ArrayBuffer(4))
    counter.setUint32(0, forgery.counter ?? 0)
    const head = (more: number): Promise<Bytes> =>
      sha256(utf8(forgery.rpId ?? rpId)).then((hash) =>
        concat(hash, [(forgery.flags ?? honest) | more], new Uint8Array(counter.buffer)),
      )
    return { client: utf8(JSON.stringify(client)), head }
  }
  const credential = (response: object, forgery: Forgery): object => ({
    id: forgery.id ?? id,
    rawId: forgery.id ?? id,
    type: 'public-key',
    clientExtensionResults: {},
    response,
  })

  return {
    id,
    async create(options, origin, forgery = {}) {
      const { challenge, rp, user } = options as {
        challenge: string
        rp: { id: string }
        user: { id: string }
      }
      userHandle = user.id
      const { client, head } = await parts('webauthn.create', challenge, rp.id, origin, forgery)
      const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey)
      const cose = encodeCbor(
        new Map<number, Cbor>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, base64url.decode(x)],
          [-3, base64url.decode(y)],
        ]),
      )
      const authData = concat(await head(flags.attested), new Uint8Array(16), [0, rawId.length], rawId, cose)
      const attestation = encodeCbor(
        new Map<string, Cbor>([
          ['fmt', 'none'],
          ['attStmt', new Map<string, Cbor>()],
          ['authData', authData],
        ]),
      )
      return credential(
        {
          clientDataJSON: base64url.encode(client),
          attestationObject: base64url.encode(attestation),
          transports: ['internal'],
        },
        forgery,
      )
    },
    async get(options, origin, forgery = {}) {
      const { challenge, rpId } = options as { challenge: string; rpId: string }
      const { client, head } = await parts('webauthn.get', challenge, rpId, origin, forgery)
      const authData = await head(0)
      const key = forgery.foreignKey === true ? (await generate()).privateKey : pair.privateKey
      const signed = concat(authData, await sha256(client))
      const raw = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, signed)
      const signature = der(new Uint8Array(raw))
      const { tamper } = forgery
      const handle = forgery.userHandle === undefined ? userHandle : forgery.userHandle
      return credential(
        {
          clientDataJSON: base64url.encode(tamper === 'clientData' ? utf8(`${decode(client)} `) : client),
          authenticatorData: base64url.encode(tamper === 'authenticatorData' ? changed(authData) : authData),
          signature: base64url.encode(tamper === 'signature' ? changed(signature) : signature),
          ...(handle !== null && { userHandle: handle }),
        },
        forgery,
      )
    },
  }
}

const decode = (bytes: Bytes): string => new TextDecoder().decode(bytes)
