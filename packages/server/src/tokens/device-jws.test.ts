import { calculateJwkThumbprint, CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { utf8 } from '../crypto.ts'
import { readDeviceJws, verifyDeviceJws } from './device-jws.ts'

const schema = v.strictObject({ a: v.number() })
const verify = (token: string) => verifyDeviceJws(readDeviceJws(token, schema), 'a+jwt')

async function device() {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const { kty, crv, x, y } = await exportJWK(publicKey)
  const jwk = { kty, crv, x, y } as JWK
  const sign = (typ: string, a: number, by = jwk): Promise<string> =>
    new CompactSign(utf8(JSON.stringify({ a })))
      .setProtectedHeader({ alg: 'ES256', typ, jwk: by })
      .sign(privateKey)
  return { jwk, sign }
}

describe('what a device key signed', () => {
  it('verifies with the thumbprint of the key, the first time and again', async () => {
    const { jwk, sign } = await device()
    for (const a of [1, 2]) {
      const verified = await verify(await sign('a+jwt', a))
      expect(verified).toEqual({ claims: { a }, jkt: await calculateJwkThumbprint(jwk), jwk })
    }
  })
  it('is refused under another type, by another key and with a changed signature, from a key that is known', async () => {
    const [one, other] = [await device(), await device()]
    for (const { sign } of [one, other]) {
      expect(await verify(await sign('a+jwt', 1))).toBeDefined()
    }
    expect(await verify(await one.sign('b+jwt', 1))).toBeUndefined()
    expect(await verify(await one.sign('a+jwt', 1, other.jwk))).toBeUndefined()
    const [header, , signature] = (await one.sign('a+jwt', 1)).split('.')
    const [, payload] = (await one.sign('a+jwt', 2)).split('.')
    expect(await verify([header, payload, signature].join('.'))).toBeUndefined()
  })
})
