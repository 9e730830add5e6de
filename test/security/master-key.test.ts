import { createNewel, defaultPolicy } from '@newel/server'
import { memoryStore } from '@newel/stores'
import { base64url } from 'jose'
import { expect, it } from 'vitest'

const url = 'https://bank.test/newel'
const secretKey = `sk_bank_${'s'.repeat(40)}`
const key = () => base64url.encode(crypto.getRandomValues(new Uint8Array(32)))

it('a server under another master key is not ready, answers nobody, and says why in its log alone', async () => {
  const store = memoryStore()
  const logged: string[] = []
  const server = (masterKey: string) =>
    createNewel({
      url,
      store,
      masterKey,
      tenants: [
        {
          id: 'bank',
          name: 'Bank',
          origins: ['https://bank.test'],
          publishableKey: `pk_bank_${'p'.repeat(20)}`,
          secretKeys: [secretKey],
          policy: { ...defaultPolicy, audit_share: 0, actions: { read: { params: 'none' } } },
        },
      ],
      logger: { log: (...entry) => void logged.push(JSON.stringify(entry)) },
    })
  const right = server(key())
  expect((await right.fetch(new Request(`${url}/readyz`))).status).toBe(200)
  const masterKey = key()
  const wrong = server(masterKey)
  const ready = await wrong.fetch(new Request(`${url}/readyz`))
  expect(ready.status).toBe(503)
  const said = await ready.text()
  expect(JSON.parse(said)).toMatchObject({ code: 'newel_unavailable' })
  expect(logged.join()).toContain('the master key is not the one')
  for (const text of [said, ...logged]) expect(text).not.toContain(masterKey)

  const assessed = await wrong.fetch(
    new Request(`${url}/v1/assessments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ op: 'o'.repeat(22), action: 'read', aud: 'https://bank.test', request: {} }),
    }),
  )
  expect([assessed.status, assessed.headers.get('retry-after')]).toEqual([503, '1'])
  // It answers that it lives: to start it again would change nothing.
  expect((await wrong.fetch(new Request(`${url}/livez`))).status).toBe(200)
  expect((await right.fetch(new Request(`${url}/readyz`))).status).toBe(200)
})
