import { hmac as authenticate } from '@noble/hashes/hmac.js'
import { sha256 as digestOf } from '@noble/hashes/sha2.js'
import { base64url as jose } from 'jose'

/** Bytes over a plain ArrayBuffer, as WebCrypto wants them. */
export type Bytes = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()
export const utf8 = (text: string): Bytes => encoder.encode(text)
export const toBase64url = (bytes: Uint8Array): string => jose.encode(bytes)
/** Throws on anything that is not base64url. */
export const fromBase64url = (text: string): Bytes => jose.decode(text) as Bytes

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Text in UTF-8. Throws on anything else. */
export function textFromBase64url(text: string): string {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  // What we write is ASCII, and that needs no decoding.
  if (!/[\u0080-\uffff]/.test(binary)) return binary
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index)
  return decoder.decode(bytes)
}

export const randomBytes = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length))
export const randomToken = (length: number): string => toBase64url(randomBytes(length))

/**
 * SHA-256 in base64url. Not by WebCrypto, which hands even a short text to another thread: that takes several times as long
 * as the digest.
 */
export const sha256 = (data: string | Bytes): string =>
  toBase64url(digestOf(typeof data === 'string' ? utf8(data) : data))

/** HMAC-SHA256, for the same reason; under bytes, where the caller cannot wait. */
export const macOf = (key: Bytes, data: string): Uint8Array => authenticate(digestOf, key, utf8(data))

export async function hmac(key: CryptoKey, data: string): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(data)))
}

/** Whether two strings are equal, in time that depends on their lengths only. */
export function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let index = 0; index < a.length; index++) difference |= a.charCodeAt(index) ^ b.charCodeAt(index)
  return difference === 0
}

/** A number of `digits` decimal digits, uniform: bytes that would favour some are drawn again. */
export function randomDigits(digits: number): string {
  let code = ''
  while (code.length < digits) {
    for (const byte of randomBytes(digits)) {
      if (byte < 250 && code.length < digits) code += String(byte % 10)
    }
  }
  return code
}

export async function deriveBytes(master: CryptoKey, info: string): Promise<Bytes> {
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8(info) }
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, master, 256))
}

export async function importMaster(bytes: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveBits'])
}

export async function deriveHmac(master: CryptoKey, info: string): Promise<CryptoKey> {
  return importHmac(await deriveBytes(master, info))
}

export async function importHmac(bytes: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
}

export async function deriveSealer(master: CryptoKey, info: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', await deriveBytes(master, info), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ])
}

const ivBytes = 12

/** AES-256-GCM with a random 96-bit IV in front; `context` is authenticated, so that a sealed value fits one place only. */
export async function seal(key: CryptoKey, plain: Bytes, context: string): Promise<Bytes> {
  const iv = randomBytes(ivBytes)
  const parameters = { name: 'AES-GCM', iv, additionalData: utf8(context) }
  const sealed = new Uint8Array(await crypto.subtle.encrypt(parameters, key, plain))
  const out = new Uint8Array(ivBytes + sealed.length)
  out.set(iv)
  out.set(sealed, ivBytes)
  return out
}

/** Throws when the value was not sealed under this key and context. */
export async function unseal(key: CryptoKey, sealed: Uint8Array, context: string): Promise<Bytes> {
  const copy = Uint8Array.from(sealed)
  const parameters = { name: 'AES-GCM', iv: copy.subarray(0, ivBytes), additionalData: utf8(context) }
  return new Uint8Array(await crypto.subtle.decrypt(parameters, key, copy.subarray(ivBytes)))
}

export const sealText = async (key: CryptoKey, text: string, context: string): Promise<string> =>
  toBase64url(await seal(key, utf8(text), context))
export const unsealText = async (key: CryptoKey, sealed: string, context: string): Promise<string> =>
  new TextDecoder().decode(await unseal(key, fromBase64url(sealed), context))
