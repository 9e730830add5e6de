/** Unpadded base64url (RFC 4648 §5). */
export function base64url(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** 128 random bits: the name of one call to Newel, kept when that same call is repeated. */
export const newOp = (): string => base64url(crypto.getRandomValues(new Uint8Array(16)))
