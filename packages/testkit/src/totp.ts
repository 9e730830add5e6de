const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648 §6, with or without padding. */
function fromBase32(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  let held = 0
  let bits = 0
  for (const character of text.toUpperCase().replace(/=+$/, '')) {
    const value = alphabet.indexOf(character)
    if (value < 0) throw new RangeError('not base32')
    held = (held << 5) | value
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 0xff)
    }
    held &= (1 << bits) - 1
  }
  return Uint8Array.from(bytes)
}

/**
 * The code that an authenticator app shows (RFC 6238: SHA-1, six digits, 30 s). Newel accepts each step once: after a
 * code was accepted, move the clock by 30 s for the next.
 * @param secret base32, as an enrolment shows it
 * @param nowMs milliseconds since 1970
 */
export async function totpCode(secret: string, nowMs: number): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-1' }
  const key = await crypto.subtle.importKey('raw', fromBase32(secret), algorithm, false, ['sign'])
  const counter = new DataView(new ArrayBuffer(8))
  counter.setBigUint64(0, BigInt(Math.floor(nowMs / 30_000)))
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, counter))
  const offset = mac.getUint8(19) & 0xf
  return String((mac.getUint32(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
