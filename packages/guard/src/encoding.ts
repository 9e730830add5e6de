/** Unpadded base64url (RFC 4648 §5). */
export function base64url(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/**
 * The name of one call to Newel, kept when that same call is repeated: 48 bits of milliseconds and 80 random ones. As in a UUIDv7
 * (RFC 9562 §6.13) the time stands in front, so that calls made together are stored together.
 */
export function newOp(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const time = new DataView(bytes.buffer)
  const nowMs = Date.now()
  time.setUint16(0, Math.floor(nowMs / 2 ** 32))
  time.setUint32(2, nowMs % 2 ** 32)
  return base64url(bytes)
}
