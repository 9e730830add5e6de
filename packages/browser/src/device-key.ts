import type { DeviceJwk } from '@newel/protocol'
import { sha256 } from './bytes.ts'
import { NewelError } from './errors.ts'

/** The key that this browser proves itself with: one per origin, its private half never leaves the browser. */
export interface DeviceKey {
  readonly privateKey: CryptoKey
  readonly jwk: DeviceJwk
  /** RFC 7638 SHA-256 thumbprint. */
  readonly jkt: string
  /** Lives in memory only, because IndexedDB is not to be had; gone with the page. */
  readonly ephemeral: boolean
}

const database = 'newel'
const storeName = 'keys'
const entry = 'device'
/** An open that another tab blocks can wait for ever; a key in memory serves this page meanwhile. */
const storageDeadlineMs = 2000

const generate = (): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'))
  })

const open = (): Promise<IDBDatabase> => {
  const request = indexedDB.open(database, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(storeName)
  return settled(request)
}

/** Whatever the database holds is input: only a pair whose private half cannot be read out is a device key. */
const isKeyPair = (value: unknown): value is CryptoKeyPair => {
  const pair = value as Partial<CryptoKeyPair> | undefined
  return (
    pair?.privateKey instanceof CryptoKey &&
    pair.publicKey instanceof CryptoKey &&
    !pair.privateKey.extractable
  )
}

const stored = async (): Promise<CryptoKeyPair> => {
  const db = await open()
  try {
    const found: unknown = await settled(db.transaction(storeName).objectStore(storeName).get(entry))
    if (isKeyPair(found)) return found
    const made = await generate()
    // Tabs that race here are put in line by the write transaction: the first one's key stays, the others take it over.
    const transaction = db.transaction(storeName, 'readwrite')
    const store = transaction.objectStore(storeName)
    return await new Promise((resolve, reject) => {
      let kept = made
      const read: IDBRequest<unknown> = store.get(entry)
      read.onsuccess = () => {
        if (isKeyPair(read.result)) kept = read.result
        else store.put(made, entry)
      }
      transaction.oncomplete = () => resolve(kept)
      transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB gave up'))
    })
  } finally {
    db.close()
  }
}

const within = <T>(promise: Promise<T>, ms: number): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('IndexedDB did not answer')), ms)
    promise.finally(() => clearTimeout(timer)).then(resolve, reject)
  })

/** SHA-256 thumbprint: the required members in lexicographic order, without white space (RFC 7638 §3). */
export const thumbprint = ({ crv, kty, x, y }: DeviceJwk): Promise<string> =>
  sha256(JSON.stringify({ crv, kty, x, y }))

const describe = async ({ privateKey, publicKey }: CryptoKeyPair, ephemeral: boolean): Promise<DeviceKey> => {
  const { x, y } = await crypto.subtle.exportKey('jwk', publicKey)
  if (x === undefined || y === undefined)
    throw new NewelError('unsupported', 'The device key has no public half')
  const jwk: DeviceJwk = { kty: 'EC', crv: 'P-256', x, y }
  return { privateKey, jwk, jkt: await thumbprint(jwk), ephemeral }
}

/**
 * The device key of this origin, made on first use.
 * @throws NewelError `unsupported` outside a secure context, where browsers offer no WebCrypto
 */
export async function loadDeviceKey(): Promise<DeviceKey> {
  if (!('subtle' in crypto)) {
    throw new NewelError('unsupported', 'The device key needs a secure context: https, or http on localhost')
  }
  try {
    return await describe(await within(stored(), storageDeadlineMs), false)
  } catch {
    return describe(await generate(), true)
  }
}
