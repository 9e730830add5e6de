type Bytes = Uint8Array<ArrayBuffer>

/** Unpadded base64url (RFC 4648 §5). */
export const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text)

/** 128 random bits in base64url: an `op`, a `jti` or a visit. */
export const randomId = (): string => base64url(crypto.getRandomValues(new Uint8Array(16)))

/** SHA-256 of the UTF-8 of `text`, in base64url. */
export const sha256 = async (text: string): Promise<string> =>
  base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))))
