import { headers as names } from '@newel/protocol'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { specs, type RouteName, type RouteSpec } from '../../packages/server/src/routes/specs/index.ts'
import { late, sqliteDatabase } from './database.ts'
import { prepare } from './requests.ts'
import { send, type Sending } from './send.ts'
import { openWorld, type World } from './serve.ts'
import { bank, newelUrl, shop } from './world.ts'

const routes = Object.keys(specs) as RouteName[]
const specOf = (name: RouteName): RouteSpec => specs[name]
const bySide = (side: RouteSpec['side']): RouteName[] => routes.filter((name) => specOf(name).side === side)

describe('routes', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(await sqliteDatabase())
  })
  afterAll(() => world.close())

  /** Sends variations of a valid request; each has to be refused as said, and nothing stored by any. */
  async function refusesEach(
    name: RouteName,
    id: string,
    variations: (valid: {
      path: string
      body: string | undefined
    }) => readonly (Sending & { what: string })[],
    expected: object,
  ): Promise<void> {
    const valid = await prepare(world, name, id)
    const body = valid.body && JSON.stringify(valid.body)
    const before = await world.database.digest(late)
    const wrong: object[] = []
    for (const { what, ...sending } of variations({ path: valid.path, body })) {
      const { status, code } = await send(world, specOf(name), valid.person, sending)
      if (JSON.stringify({ status, code }) !== JSON.stringify(expected)) wrong.push({ what, status, code })
    }
    expect(wrong).toEqual([])
    expect(await world.database.digest(late)).toBe(before)
    const accepted = await send(world, specOf(name), valid.person, { path: valid.path, body })
    expect(accepted.status).toBe(200)
  }

  it.each(bySide('back_end'))('%s takes a secret key of the tenant and nothing else', async (name) => {
    const [secret = ''] = bank.secretKeys
    const keys: Record<string, string | undefined> = {
      none: undefined,
      'the publishable key': `Bearer ${bank.publishableKey}`,
      'an unknown key': `Bearer ${secret.slice(0, -1)}x`,
      'a longer key': `Bearer ${secret}s`,
      'a key of no tenant': `Bearer sk_nobody_${'s'.repeat(40)}`,
      'a key that names __proto__': `Bearer sk___proto___${'s'.repeat(40)}`,
      'the bank by the key of the shop': `Bearer sk_bank_${'t'.repeat(40)}`,
      'another scheme': `Basic ${Buffer.from(`${secret}:`).toString('base64')}`,
      'no scheme': secret,
      'two keys': `Bearer ${secret}, Bearer ${secret}`,
      'a very long key': `Bearer sk_bank_${'s'.repeat(8000)}`,
    }
    await refusesEach(
      name,
      `keys-${name}`,
      ({ path, body }) =>
        Object.entries(keys).map(([what, authorization]) => ({
          what,
          path,
          body,
          headers: { authorization },
        })),
      { status: 401, code: 'invalid_api_key' },
    )
  })

  it.each(bySide('browser'))('%s takes the publishable key of the tenant and nothing else', async (name) => {
    const keys: Record<string, string | undefined> = {
      none: undefined,
      'the secret key': bank.secretKeys[0],
      'an unknown key': `${bank.publishableKey.slice(0, -1)}x`,
      'a key of no tenant': `pk_nobody_${'p'.repeat(24)}`,
      'a very long key': `pk_bank_${'p'.repeat(8000)}`,
    }
    await refusesEach(
      name,
      `keys-${name}`,
      ({ path, body }) =>
        Object.entries(keys).map(([what, key]) => ({ what, path, body, headers: { [names.key]: key } })),
      { status: 401, code: 'invalid_api_key' },
    )
  })

  it.each(bySide('browser'))('%s answers pages of the tenant only', async (name) => {
    const origins: Record<string, string | undefined> = {
      none: undefined,
      null: 'null',
      'plain http': 'http://bank.example',
      'another port': 'https://bank.example:8443',
      'a subdomain': 'https://www.bank.example',
      'a longer name': 'https://bank.example.evil.test',
      'the tenant beside it': shop.origins[0],
    }
    await refusesEach(
      name,
      `origins-${name}`,
      ({ path, body }) =>
        Object.entries(origins).map(([what, origin]) => ({ what, path, body, headers: { origin } })),
      { status: 403, code: 'origin_not_allowed' },
    )
  })

  it.each(routes.filter((name) => specOf(name).body !== undefined))(
    '%s takes JSON that says so',
    async (name) => {
      const types: Record<string, string> = {
        'plain text': 'text/plain',
        'a form': 'application/x-www-form-urlencoded',
        'a multipart form': 'multipart/form-data; boundary=x',
        'JSON in another charset': 'application/json; charset=utf-16',
        'almost JSON': 'application/jsonp',
        'two types': 'application/json, text/plain',
      }
      await refusesEach(
        name,
        `types-${name}`,
        ({ path, body }) =>
          Object.entries(types).map(([what, type]) => ({
            what,
            path,
            body,
            headers: { 'content-type': type },
          })),
        { status: 415, code: 'unsupported_media_type' },
      )
    },
  )

  it.each(routes.filter((name) => specOf(name).body !== undefined))(
    '%s reads no more than its limit',
    async (name) => {
      const padding = ' '.repeat(70_000)
      await refusesEach(
        name,
        `size-${name}`,
        ({ path, body = '' }) => [{ what: 'stated', path, body: body + padding }],
        { status: 413, code: 'payload_too_large' },
      )
    },
  )

  it.each(routes)('%s takes no other method', async (name) => {
    const { path, person } = await prepare(world, name, `methods-${name}`)
    const taken = routes
      .filter((other) => specOf(other).path === specOf(name).path)
      .map((other) => specOf(other).method)
    const before = await world.database.digest(late)
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
      if ((taken as string[]).includes(method)) continue
      const { status, code } = await send(world, specOf(name), person, { path, method })
      expect([method, status, code]).toEqual([method, 405, 'method_not_allowed'])
    }
    expect(await world.database.digest(late)).toBe(before)
  })

  it.each(['/', '//', '///', '/v1', '/v1/', '/v1/hello/', '/v1//hello', '/V1/hello', '//evil.test/v1/hello'])(
    'no route is at %s',
    async (path) => {
      const { status, code } = await send(
        world,
        specs.livez,
        (await prepare(world, 'livez', 'nobody')).person,
        {
          method: 'GET',
          path,
        },
      )
      expect([status, code]).toEqual([404, 'not_found'])
    },
  )

  it('what names the bank in a path means nothing to the key of the shop', async () => {
    for (const name of bySide('back_end').filter((each) => specOf(each).path.includes(':'))) {
      const valid = await prepare(world, name, `tenants-${name}`)
      const body = valid.body && JSON.stringify(valid.body)
      const mine = async () =>
        (await world.bankEnd.call('GET', `/v1/subjects/${valid.person.subject.id}/export`)).body
      const before = await mine()
      const headers = { authorization: `Bearer ${shop.secretKeys[0] ?? ''}` }
      await send(world, specOf(name), valid.person, { path: valid.path, body, headers })
      expect(await mine()).toEqual(before)
    }
  })

  it('a challenge of the bank is no challenge of the shop', async () => {
    for (const name of bySide('browser').filter((each) => specOf(each).path.includes(':'))) {
      const { path, body, person } = await prepare(world, name, `foreign-${name}`)
      const before = await world.database.digest(late)
      const nonce = await fetch(`${world.listening}${new URL(newelUrl).pathname}/v1/hello`, {
        method: 'POST',
        headers: {
          origin: shop.origins[0],
          [names.key]: shop.publishableKey,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ jkt: person.page.device.jkt }),
      }).then((response) => response.headers.get(names.dpopNonce))
      const { method } = specOf(name)
      const { status, code } = await send(world, specOf(name), person, {
        path,
        body: body && JSON.stringify(body),
        headers: {
          origin: shop.origins[0],
          [names.key]: shop.publishableKey,
          [names.dpop]: await person.page.dpop(method, path, { claims: { nonce } }),
        },
      })
      expect([name, status, code]).toEqual(
        name.endsWith('Verify') ? [name, 422, 'verification_failed'] : [name, 404, 'challenge_unavailable'],
      )
      expect(await world.database.digest(late)).toBe(before)
    }
  })

  it('a body without a stated length is read no further than the limit', async () => {
    const url = new URL(world.listening + new URL(newelUrl).pathname + '/v1/hello')
    const headers = {
      'content-type': 'application/json',
      [names.key]: bank.publishableKey,
      origin: bank.origins[0],
    }
    const answer = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const sent = request(
        url,
        { method: 'POST', headers: { ...headers, 'transfer-encoding': 'chunked' } },
        (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
          response.on('end', () => {
            resolve({ status: response.statusCode, text })
          })
        },
      )
      sent.on('error', reject)
      for (let chunk = 0; chunk < 10; chunk++) sent.write(' '.repeat(10_000))
      sent.end()
    })
    expect(answer).toMatchObject({
      status: 413,
      text: expect.stringContaining('payload_too_large') as string,
    })
  })

  it('nothing of this was an error of the server', () => {
    expect(world.errors).toEqual([])
  })
})
