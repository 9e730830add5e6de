import { importMaster, fromBase64url } from '../../packages/server/src/crypto.ts'
import { createKeyring } from '../../packages/server/src/keys.ts'
import { es256, type Signer } from './device.ts'
import type { World } from './serve.ts'
import { masterKey } from './world.ts'

/** What only the server holds: keys to make tokens that are true in all but what a test changes. */
export interface ServerKeys {
  readonly signing: {
    readonly kid: string
    readonly sign: Signer
    readonly publicJwk: object
    readonly spki: Uint8Array<ArrayBuffer>
  }
  readonly receipts: { readonly kid: string; readonly sign: Signer }
}

export async function serverKeys({ store }: World, tenant: string): Promise<ServerKeys> {
  const row = await store.readTenant(tenant)
  const { signing, secrets } = await createKeyring(
    await importMaster(fromBase64url(masterKey)),
    row?.keys ?? [],
  )
  const [key] = signing
  const [secret] = secrets
  if (key === undefined || secret === undefined) throw new Error(`tenant ${tenant} has no keys`)
  return {
    signing: {
      kid: key.kid,
      sign: es256(key.privateKey),
      publicJwk: key.publicJwk,
      spki: new Uint8Array(await crypto.subtle.exportKey('spki', key.publicKey)),
    },
    receipts: {
      kid: secret.kid,
      sign: async (input) => new Uint8Array(await crypto.subtle.sign('HMAC', secret.receipts, input)),
    },
  }
}

/** Header and payload of a JWS, read without checking it. */
export function decoded(token: string): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  const [header, claims] = token
    .split('.', 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>)
  return { header: header ?? {}, claims: claims ?? {} }
}
