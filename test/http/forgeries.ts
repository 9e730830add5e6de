import { compact, type Signer } from './device.ts'
import { decoded } from './server-keys.ts'
import { bank, newelUrl, shop } from './world.ts'

/** A token made anew with other members, by another key, or of another text altogether. */
export interface Forgery {
  readonly header?: object
  readonly claims?: object
  readonly sign?: Signer
  /** Changes the JSON of the claims. */
  readonly payload?: (text: string) => string | Uint8Array
}

export const forge = (token: string, honest: Signer, forgery: Forgery): Promise<string> => {
  const { header, claims } = decoded(token)
  const text = JSON.stringify({ ...claims, ...forgery.claims })
  return compact(
    JSON.stringify({ ...header, ...forgery.header }),
    forgery.payload === undefined ? text : forgery.payload(text),
    forgery.sign ?? honest,
  )
}

/** Times of a token that make no sense (RFC 7519 §4.1.4 to §4.1.6); `1e309` is JSON that no number holds. */
const badTimes = ['"soon"', 'null', '-1', '1e309', '1.5', '[]', '{}', 'true']
const withTime =
  (claim: string, literal: string) =>
  (text: string): string =>
    text.replace(new RegExp(`"${claim}":\\d+`), `"${claim}":${literal}`)

/** What every kind of token of ours refuses, whatever its key. */
export function badForms(kid: string, url: string, nowMs: number): Record<string, Forgery> {
  return {
    'no type': { header: { typ: undefined } },
    'a plain JWT': { header: { typ: 'JWT' } },
    'a type of nobody': { header: { typ: 'at+jwt' } },
    'alg none': { header: { alg: 'none' }, sign: async () => new Uint8Array([0]) },
    'no algorithm': { header: { alg: undefined } },
    'an algorithm that the key is not for': { header: { alg: 'RS256' } },
    'no kid': { header: { kid: undefined } },
    'an unknown kid': { header: { kid: `${kid}x` } },
    'a kid that is a path': { header: { kid: '../../dev/null' } },
    'a kid that is SQL': { header: { kid: "' or 1=1 --" } },
    'a kid that is a list': { header: { kid: [kid] } },
    'a critical member that nobody knows': { header: { crit: ['hold'], hold: true } },
    'a payload that is not encoded': { header: { b64: false, crit: ['b64'] } },
    'a signature by another key with that key named': { header: { jku: url, x5u: url }, sign: noSigner },
    'a payload that is no JSON': { payload: () => 'hello' },
    'a payload that is a list': { payload: (text) => `[${text}]` },
    'a payload that is no UTF-8': { payload: () => new Uint8Array([0x7b, 0xff, 0x7d]) },
    'a claim that nobody declared': { claims: { admin: true } },
    'no issuer': { claims: { iss: undefined } },
    'another issuer': { claims: { iss: `${newelUrl}/t/${shop.id}` } },
    'an issuer that begins alike': { claims: { iss: `${newelUrl}/t/${bank.id}/` } },
    'no audience': { claims: { aud: undefined } },
    'another audience': { claims: { aud: shop.origins[0] } },
    'no end': { claims: { exp: undefined } },
    'no beginning': { claims: { iat: undefined } },
    'no id': { claims: { jti: undefined } },
    'a short id': { claims: { jti: 'short' } },
    'an end that has passed': { claims: { exp: Math.floor(nowMs / 1000) } },
    'a beginning to come': { claims: { iat: Math.floor(nowMs / 1000) + 120 } },
    ...Object.fromEntries(
      ['iat', 'exp'].flatMap((claim) =>
        badTimes.map((literal) => [`${claim} ${literal}`, { payload: withTime(claim, literal) }]),
      ),
    ),
  }
}
const noSigner: Signer = async () => crypto.getRandomValues(new Uint8Array(64))

/** Texts around a compact serialisation. */
export const badTexts = (token: string): Record<string, string> => {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return {
    'no token': 'hello',
    empty: '',
    'two segments': `${header}.${payload}`,
    'four segments': `${token}.${signature}`,
    'five segments': `${header}.${payload}.${payload}.${payload}.${signature}`,
    'no signature': `${header}.${payload}.`,
    'another signature': `${header}.${payload}.${signature.split('').reverse().join('')}`,
    padding: `${token}=`,
    'a space after it': `${token} `,
    'a line after it': `${token}\n`,
    'a null after it': `${token}%00`,
  }
}
