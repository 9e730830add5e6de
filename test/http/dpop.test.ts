import { headers as names } from '@newel/protocol'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compact, createDevice, hs256 } from './device.ts'
import { sqliteDatabase } from './database.ts'
import { startListener, type Listener } from './listener.ts'
import { challenged, createPerson, readChallenge, transfer, type Person } from './people.ts'
import { openWorld, type World } from './serve.ts'
import { bank, newelUrl, shop } from './world.ts'

let world: World
let person: Person
let path: string
let listener: Listener

beforeAll(async () => {
  world = await openWorld(await sqliteDatabase())
  person = await createPerson(world, 'ada')
  path = `/v1/challenges/${await challenged(world, person, transfer)}`
  listener = await startListener()
})
afterAll(async () => {
  await world.close()
  await listener.close()
})

/** Reads the challenge with this proof in the place of an honest one. */
async function withProof(dpop: string): Promise<[number, unknown]> {
  const { status, body } = await person.page.call<{ code?: string }>('GET', path, undefined, { dpop })
  return [status, body.code]
}
const refused = [400, 'invalid_dpop_proof']
const accepted = [200, undefined]
const proof = (claims: object = {}, header: object = {}): Promise<string> =>
  person.page.dpop('GET', path, { claims, header })
const seconds = (): number => Math.floor(world.clock.now() / 1000)

describe('a DPoP proof', () => {
  it('that is honest is accepted, so that all else is refused for its one change', async () => {
    expect(await withProof(await proof())).toEqual(accepted)
  })

  it('is one well-formed JWS and nothing else (RFC 9449 §4.3)', async () => {
    const honest = await proof()
    const [header = '', payload = '', signature = ''] = honest.split('.')
    const bad = {
      empty: '',
      'no JWS': 'hello',
      'two of them in one header': `${honest}, ${await proof()}`,
      'two segments': `${header}.${payload}`,
      'four segments': `${honest}.${signature}`,
      'a JWE': `${header}.${payload}.${payload}.${payload}.${signature}`,
      'no signature': `${header}.${payload}.`,
      'another signature': `${header}.${payload}.${(await proof()).split('.')[2] ?? ''}`,
      'padded base64': `${header}.${payload}.${signature}==`,
      'a header that is no JSON': `aGVsbG8.${payload}.${signature}`,
      'a payload that is no JSON': await compact(
        JSON.stringify({ alg: 'ES256', typ: 'dpop+jwt', jwk: person.page.device.jwk }),
        'hello',
        person.page.device.sign,
      ),
      'a payload that is no UTF-8': await compact(
        JSON.stringify({ alg: 'ES256', typ: 'dpop+jwt', jwk: person.page.device.jwk }),
        new Uint8Array([0x7b, 0xff, 0x7d]),
        person.page.device.sign,
      ),
      'more than fits': await proof({ more: 'x'.repeat(6000) }),
    }
    for (const [what, dpop] of Object.entries(bad)) {
      expect([what, ...(await withProof(dpop))]).toEqual([what, ...refused])
    }
    expect(await withProof(await proof())).toEqual(accepted)
  })

  it('comes in one header (RFC 9449 §4.3)', async () => {
    const url = new URL(world.listening + new URL(newelUrl).pathname + path)
    const proofs = [await proof(), await proof()]
    const status = await new Promise((resolve, reject) => {
      const headers = [
        [names.key, bank.publishableKey],
        ['origin', bank.origins[0]],
        ['host', url.host],
        ...proofs.map((value) => [names.dpop, value]),
      ]
      request(url, { headers: headers.flat() }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect(status).toBe(400)
  })

  it('says its type and an algorithm of ours (RFC 9449 §4.2)', async () => {
    const { device } = person.page
    const claims = {
      htm: 'GET',
      htu: newelUrl + path,
      iat: seconds(),
      jti: 'A'.repeat(22),
      nonce: await person.page.nonce(),
    }
    const head = (more: object): string => JSON.stringify({ typ: 'dpop+jwt', jwk: device.jwk, ...more })
    const body = JSON.stringify(claims)
    const publicBytes = new TextEncoder().encode(JSON.stringify(device.jwk))
    const bad = {
      'no type': await proof({}, { typ: undefined }),
      'a plain JWT': await proof({}, { typ: 'JWT' }),
      'another case': await proof({}, { typ: 'DPoP+JWT' }),
      'the type in full': await proof({}, { typ: 'application/dpop+jwt' }),
      'alg none': await compact(head({ alg: 'none' }), body, async () => new Uint8Array()),
      'alg None with a signature': await compact(head({ alg: 'None' }), body, device.sign),
      'HS256 under the public key': await compact(head({ alg: 'HS256' }), body, await hs256(publicBytes)),
      'an algorithm that the key is not for': await compact(head({ alg: 'ES384' }), body, device.sign),
      'no algorithm': await compact(head({}), body, device.sign),
    }
    for (const [what, dpop] of Object.entries(bad)) {
      expect([what, ...(await withProof(dpop))]).toEqual([what, ...refused])
    }
  })

  it('carries a public P-256 key and fetches none (RFC 9449 §4.2, RFC 8725 §3.10)', async () => {
    const { device } = person.page
    const { url } = listener
    const { jwk } = device
    const bad: Record<string, object> = {
      'no key': { jwk: undefined },
      'the private key': { jwk: { ...jwk, d: (device.privateJwk as { d: string }).d } },
      'a key with a name': { jwk: { ...jwk, kid: 'mine' } },
      'a symmetric key': { jwk: { kty: 'oct', k: 'AAAA' } },
      'an RSA key': { jwk: { kty: 'RSA', n: 'AAAA', e: 'AQAB' } },
      'another curve': { jwk: { ...jwk, crv: 'P-384' } },
      'a point off the curve': { jwk: { ...jwk, y: jwk.x } },
      "somebody else's key": { jwk: (await createDevice()).jwk },
      'a key as a string': { jwk: JSON.stringify(jwk) },
      jku: { jku: url },
      x5u: { x5u: url },
      x5c: { x5c: ['AAAA'] },
      kid: { kid: '../../etc/passwd' },
      crit: { crit: ['exp'], exp: 1 },
      b64: { b64: false, crit: ['b64'] },
      zip: { zip: 'DEF' },
    }
    for (const [what, header] of Object.entries(bad)) {
      expect([what, ...(await withProof(await proof({}, header)))]).toEqual([what, ...refused])
    }
    expect(listener.fetched()).toBe(0)
  })

  it('has all its claims, in their shapes (RFC 9449 §4.2)', async () => {
    for (const claim of ['jti', 'htm', 'htu', 'iat', 'nonce']) {
      const shapes: unknown[] = [undefined, null, true, [], {}, claim === 'iat' ? String(seconds()) : 7]
      for (const shape of shapes) {
        const said = await withProof(await proof({ [claim]: shape }))
        expect([claim, shape, ...said]).toEqual([claim, shape, ...refused])
      }
    }
    for (const iat of [-1, 0, 1.5, seconds() + 0.5, 2 ** 53]) {
      expect([iat, ...(await withProof(await proof({ iat })))]).toEqual([iat, ...refused])
    }
    for (const jti of ['', 'short', 'A'.repeat(300), `${'A'.repeat(21)}!`]) {
      expect([jti, ...(await withProof(await proof({ jti })))]).toEqual([jti, ...refused])
    }
  })

  it('names no claim twice (RFC 7519 §4)', async () => {
    const { device } = person.page
    const honest = {
      htm: 'GET',
      htu: newelUrl + path,
      iat: seconds(),
      jti: 'B'.repeat(22),
      nonce: await person.page.nonce(),
    }
    const text = JSON.stringify(honest).replace('{', '{"htm":"POST",')
    const header = JSON.stringify({ alg: 'ES256', typ: 'dpop+jwt', jwk: device.jwk })
    expect(await withProof(await compact(header, text, device.sign))).toEqual(refused)
    const doubled = header.replace('{', '{"alg":"none",')
    expect(await withProof(await compact(doubled, JSON.stringify(honest), device.sign))).toEqual(refused)
  })

  it('is for this method and this URL (RFC 9449 §4.3)', async () => {
    const htu = newelUrl + path
    const others = [
      { htm: 'POST' },
      { htm: 'get' },
      { htu: htu.replace('https', 'http') },
      { htu: htu.replace('bank.example', 'shop.example') },
      { htu: htu.replace('bank.example', 'bank.example:8443') },
      { htu: htu.replace('/newel', '') },
      { htu: `${htu}/` },
      { htu: `${htu}/start` },
      { htu: path },
      { htu: newelUrl },
      { htu: htu.toUpperCase() },
      { htu: `https://bank.example@evil.test${new URL(htu).pathname}` },
    ]
    for (const claims of others) {
      expect([claims, ...(await withProof(await proof(claims)))]).toEqual([claims, ...refused])
    }
    const same = [`${htu}?page=1#top`, htu.replace('https://bank.example', 'HTTPS://BANK.EXAMPLE:443')]
    for (const each of same)
      expect([each, ...(await withProof(await proof({ htu: each })))]).toEqual([each, ...accepted])
  })

  it('that is for another address tells developers so, and any other mistake tells them nothing', async () => {
    const detailOf = async (claims: object): Promise<string | undefined> => {
      const dpop = await proof(claims)
      return (await person.page.call<{ detail?: string }>('GET', path, undefined, { dpop })).body.detail
    }
    expect(await detailOf({ htu: (newelUrl + path).replace('/newel', '') })).toBe(
      '`url` of the server is not the address at which the page calls it',
    )
    expect(await detailOf({ htm: 'POST' })).toBeUndefined()
    expect(await detailOf({ iat: seconds() - 600 })).toBeUndefined()
  })

  it('is made now, a minute early or late at most (RFC 9449 §11.1)', async () => {
    for (const delta of [-60, 60]) {
      expect([delta, ...(await withProof(await proof({ iat: seconds() + delta })))]).toEqual([
        delta,
        ...accepted,
      ])
    }
    for (const delta of [-61, 61, -86_400, 86_400]) {
      expect([delta, ...(await withProof(await proof({ iat: seconds() + delta })))]).toEqual([
        delta,
        ...refused,
      ])
    }
  })

  it('serves once, on any route (RFC 9449 §11.1)', async () => {
    const once = await proof()
    expect(await withProof(once)).toEqual(accepted)
    expect(await withProof(once)).toEqual(refused)
    const { jti } = JSON.parse(Buffer.from(once.split('.')[1] ?? '', 'base64url').toString()) as {
      jti: string
    }
    expect(await withProof(await proof({ jti }))).toEqual(refused)
    const racing = await proof()
    const answers = await Promise.all(Array.from({ length: 16 }, () => withProof(racing)))
    expect(answers.filter(([status]) => status === 200)).toHaveLength(1)
  })

  it('carries a nonce of ours for this key, tenant and time (RFC 9449 §8)', async () => {
    const stranger = await world.page()
    const other = await fetch(`${world.listening}${new URL(newelUrl).pathname}/v1/hello`, {
      method: 'POST',
      headers: {
        origin: shop.origins[0],
        [names.key]: shop.publishableKey,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ jkt: person.page.device.jkt }),
    })
    const honest = await person.page.nonce()
    const nonces = {
      empty: '',
      invented: 'A'.repeat(45),
      "another key's": await stranger.nonce(),
      "another tenant's": other.headers.get(names.dpopNonce),
      changed: honest.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
      longer: `${honest}A`,
    }
    for (const [what, nonce] of Object.entries(nonces)) {
      const { status, body, headers } = await person.page.call('GET', path, undefined, {
        dpop: await proof({ nonce }),
      })
      expect([what, status, body['code']]).toEqual([what, 400, 'use_dpop_nonce'])
      expect(headers.get(names.dpopNonce)).toMatch(/^[A-Za-z0-9_-]{45}$/)
    }
    expect(await withProof(await proof())).toEqual(accepted)
  })

  it('with a nonce older than five minutes is told a fresh one, which serves', async () => {
    const old = await person.page.nonce()
    world.clock.advance(299_000)
    expect(await withProof(await proof({ nonce: old }))).toEqual(accepted)
    world.clock.advance(2_000)
    expect(await withProof(await proof({ nonce: old }))).toEqual([400, 'use_dpop_nonce'])
  })

  it('by another key finds nothing, as if there were nothing', async () => {
    const other = await createPerson(world, 'bob')
    const id = await challenged(world, other, transfer)
    const seen = await person.page.call('GET', `/v1/challenges/${id}`)
    expect([seen.status, seen.body['code']]).toEqual([404, 'challenge_unavailable'])
    expect(await readChallenge(other, id)).toMatchObject({ status: 200, body: { attempts_left: 5 } })
  })

  it('is not to be left out', async () => {
    const answer = await person.page.call('GET', path, undefined, { dpop: null })
    expect([answer.status, answer.body['code']]).toEqual(refused)
    expect(world.errors).toEqual([])
  })
})
