import { equalInConstantTime, fromBase64url, hmac, toBase64url } from '../crypto.ts'
import { currentKey, verifies, type Keyring } from '../keys.ts'

/**
 * A stateless nonce: `version, epoch, issued, round trip, address` (17 bytes) and 16 bytes of MAC over them with tenant and
 * key thumbprint. It binds nothing to one use; the `jti` of what carries it does.
 */
export interface Nonce {
  readonly issuedMs: number
  /** Measured over two `hello` calls; absent where there was one. 0 to 65 534. */
  readonly roundTripMs: number | undefined
  /** First 8 characters of the keyed digest of the address it was issued to. */
  readonly address: string
}

const version = 1
const noRoundTrip = 0xffff
const payloadBytes = 17

async function mac(key: CryptoKey, tenant: string, jkt: string, payload: Uint8Array): Promise<string> {
  const full = await hmac(key, `${tenant}\n${jkt}\n${toBase64url(payload)}`)
  return toBase64url(full.subarray(0, 16))
}

export async function issueNonce(
  keyring: Keyring,
  tenant: string,
  jkt: string,
  nonce: Nonce,
  nowMs: number,
): Promise<string> {
  const key = currentKey(keyring.secrets, nowMs)
  const payload = new Uint8Array(payloadBytes)
  const view = new DataView(payload.buffer)
  view.setUint8(0, version)
  view.setUint16(1, key.epoch)
  view.setUint16(3, Math.floor(nonce.issuedMs / 2 ** 32))
  view.setUint32(5, nonce.issuedMs % 2 ** 32)
  view.setUint16(9, Math.min(nonce.roundTripMs ?? noRoundTrip, noRoundTrip))
  payload.set(fromBase64url(nonce.address).subarray(0, 6), 11)
  return toBase64url(payload) + (await mac(key.nonces, tenant, jkt, payload))
}

/** The nonce if we issued it to this key and it is not older than `lifeSeconds`; else `undefined`. */
export async function verifyNonce(
  keyring: Keyring,
  tenant: string,
  jkt: string,
  text: string,
  nowMs: number,
  lifeSeconds: number,
): Promise<Nonce | undefined> {
  // 17 bytes are 23 characters, 16 bytes are 22.
  if (!/^[A-Za-z0-9_-]{45}$/.test(text)) return undefined
  const payload = fromBase64url(text.slice(0, 23))
  const view = new DataView(payload.buffer)
  if (view.getUint8(0) !== version) return undefined
  const key = keyring.secrets.find((candidate) => candidate.epoch === view.getUint16(1))
  if (key === undefined || !verifies(key, nowMs)) return undefined
  if (!equalInConstantTime(text.slice(23), await mac(key.nonces, tenant, jkt, payload))) return undefined
  const issuedMs = view.getUint16(3) * 2 ** 32 + view.getUint32(5)
  if (nowMs - issuedMs > lifeSeconds * 1000 || issuedMs > nowMs + 1000) return undefined
  const roundTrip = view.getUint16(9)
  return {
    issuedMs,
    roundTripMs: roundTrip === noRoundTrip ? undefined : roundTrip,
    address: toBase64url(payload.subarray(11, 17)),
  }
}
