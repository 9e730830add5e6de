import type { KeyRow, Store } from '@newel/engine'
import { calculateJwkThumbprint, type JWK } from 'jose'
import {
  deriveSealer,
  fromBase64url,
  importMaster,
  importHmac,
  randomBytes,
  seal,
  unseal,
  type Bytes,
} from './crypto.ts'

/** How long a new key is published before it signs, so that every cached JWKS has it. */
const publishLeadMs = 15 * 60_000
/** How long a replaced key still verifies after its successor signs: the longest token life and clock tolerance, doubled. */
const verifyTailMs = 12 * 60_000

export interface SigningKey {
  readonly kid: string
  readonly epoch: number
  readonly signsFromMs: number
  readonly retiredAtMs: number | undefined
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly publicJwk: JWK
}
export interface SecretKey {
  readonly kid: string
  readonly epoch: number
  readonly signsFromMs: number
  readonly retiredAtMs: number | undefined
  readonly receipts: CryptoKey
  readonly nonces: CryptoKey
}

export interface Keyring {
  readonly signing: readonly SigningKey[]
  readonly secrets: readonly SecretKey[]
}

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' } as const
const context = (row: Pick<KeyRow, 'tenant' | 'purpose' | 'epoch'>): string =>
  `${row.tenant}/${row.purpose}/${row.epoch}`

async function createKey(
  master: CryptoKey,
  row: Pick<KeyRow, 'tenant' | 'purpose' | 'epoch' | 'createdAtMs' | 'signsFromMs'>,
): Promise<KeyRow> {
  const sealer = await deriveSealer(master, 'newel/keys')
  if (row.purpose === 'secret') {
    const sealed = await seal(sealer, randomBytes(32), context(row))
    return { ...row, kid: `s${row.epoch}`, sealed, publicJwk: undefined, retiredAtMs: undefined }
  }
  const pair = await crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify'])
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const publicJwk = { kty, crv, x, y } as JWK
  const kid = await calculateJwkThumbprint(publicJwk)
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey))
  const sealed = await seal(sealer, pkcs8, context(row))
  const published = { ...publicJwk, kid, alg: 'ES256', use: 'sig' }
  return { ...row, kid, sealed, publicJwk: JSON.stringify(published), retiredAtMs: undefined }
}

/** The first key of each purpose, made by one guarded insert: two servers that start together share one. It signs at once. */
export async function ensureKeys(
  store: Store,
  master: CryptoKey,
  tenant: string,
  nowMs: number,
): Promise<void> {
  const row = await store.readTenant(tenant)
  for (const purpose of ['signing', 'secret'] as const) {
    if (row?.keys.some((key) => key.purpose === purpose)) continue
    // It signs for every request, also one that read its time before, or on a server whose clock is behind.
    await store.createKey(
      await createKey(master, { tenant, purpose, epoch: 0, createdAtMs: nowMs, signsFromMs: 0 }),
    )
  }
}

/**
 * Adds one key of each purpose and sets the end of those before. An emergency rotation skips the wait and ends the old keys
 * at once: tokens in flight stop to verify.
 * @throws Error where the master key does not open the keys before: sealed under two of them, neither would open all
 */
export async function rotateKeys(rotation: {
  readonly store: Store
  /** 32 random bytes in base64url. */
  readonly masterKey: string
  readonly tenant: string
  readonly emergency: boolean
  readonly nowMs: number
}): Promise<readonly KeyRow[]> {
  const { store, tenant, emergency, nowMs } = rotation
  const master = await importMaster(fromBase64url(rotation.masterKey))
  const row = await store.readTenant(tenant)
  if (row === undefined) throw new Error(`no tenant "${tenant}"`)
  await createKeyring(master, row.keys)
  const made: KeyRow[] = []
  for (const purpose of ['signing', 'secret'] as const) {
    const epoch =
      Math.max(-1, ...row.keys.filter((key) => key.purpose === purpose).map((key) => key.epoch)) + 1
    const signsFromMs = emergency ? nowMs : nowMs + publishLeadMs
    made.push(
      await store.createKey(
        await createKey(master, { tenant, purpose, epoch, createdAtMs: nowMs, signsFromMs }),
      ),
    )
    await store.retireKeys(tenant, purpose, epoch, emergency ? nowMs : signsFromMs + verifyTailMs)
  }
  return made
}

export async function createKeyring(master: CryptoKey, rows: readonly KeyRow[]): Promise<Keyring> {
  const sealer = await deriveSealer(master, 'newel/keys')
  const signing: SigningKey[] = []
  const secrets: SecretKey[] = []
  for (const row of rows) {
    const plain = await openKey(sealer, row)
    const common = {
      kid: row.kid,
      epoch: row.epoch,
      signsFromMs: row.signsFromMs,
      retiredAtMs: row.retiredAtMs,
    }
    if (row.purpose === 'signing') {
      const publicJwk = JSON.parse(row.publicJwk ?? 'null') as JWK
      const privateKey = await crypto.subtle.importKey('pkcs8', plain, ecdsa, false, ['sign'])
      const publicKey = await crypto.subtle.importKey('jwk', publicJwk as JsonWebKey, ecdsa, true, ['verify'])
      signing.push({ ...common, privateKey, publicKey, publicJwk })
    } else {
      const base = await importHmac(plain)
      const derive = async (purpose: string): Promise<CryptoKey> =>
        importHmac(new Uint8Array(await crypto.subtle.sign('HMAC', base, new TextEncoder().encode(purpose))))
      secrets.push({ ...common, receipts: await derive('receipts'), nonces: await derive('nonces') })
    }
  }
  return { signing, secrets }
}

async function openKey(sealer: CryptoKey, row: KeyRow): Promise<Bytes> {
  try {
    return await unseal(sealer, row.sealed, context(row))
  } catch (cause) {
    throw new Error('a stored key does not open: the master key is not the one it was sealed under', {
      cause,
    })
  }
}

/** Whether a master key opens stored keys. Reads nothing and changes nothing: for looking at a set-up. */
export async function opensKeys(masterKey: string, rows: readonly KeyRow[]): Promise<boolean> {
  try {
    await createKeyring(await importMaster(fromBase64url(masterKey)), rows)
    return true
  } catch {
    return false
  }
}

interface Lifetime {
  readonly epoch: number
  readonly signsFromMs: number
  readonly retiredAtMs: number | undefined
}

/** The newest key that may sign now. */
export function currentKey<K extends Lifetime>(keys: readonly K[], nowMs: number): K {
  let best: K | undefined
  for (const key of keys) {
    if (key.signsFromMs <= nowMs && verifies(key, nowMs) && (best === undefined || key.epoch > best.epoch))
      best = key
  }
  if (best === undefined) throw new Error('no key may sign now; rotate keys')
  return best
}

export const verifies = (key: Lifetime, nowMs: number): boolean =>
  key.retiredAtMs === undefined || nowMs < key.retiredAtMs
