import { afterEach, expect, it, vi } from 'vitest'
import { readJws } from '../test/fake-newel.ts'
import { loadDeviceKey, thumbprint } from './device-key.ts'
import { NewelError } from './errors.ts'
import { signJws } from './jws.ts'

afterEach(() => void vi.unstubAllGlobals())

it('has the thumbprint of the key in RFC 9449', async () => {
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: 'l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs',
    y: '9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA',
  } as const
  expect(await thumbprint(jwk)).toBe('0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I')
})

it('lives in memory, cannot be read out and says so where there is no IndexedDB', async () => {
  const key = await loadDeviceKey()
  expect(key.ephemeral).toBe(true)
  expect(key.privateKey.extractable).toBe(false)
  await expect(crypto.subtle.exportKey('jwk', key.privateKey)).rejects.toThrow()
})

it('does not wait for a database that never opens', async () => {
  vi.useFakeTimers()
  vi.stubGlobal('indexedDB', { open: () => ({}) })
  const key = loadDeviceKey()
  await vi.advanceTimersByTimeAsync(2000)
  vi.useRealTimers()
  expect((await key).ephemeral).toBe(true)
})

it('says what is missing outside a secure context', async () => {
  vi.stubGlobal('crypto', { getRandomValues: () => undefined })
  await expect(loadDeviceKey()).rejects.toSatisfy(
    (error) => error instanceof NewelError && error.code === 'unsupported',
  )
})

it('signs what a server can verify, with nothing of the private half in the header', async () => {
  const key = await loadDeviceKey()
  const jws = await readJws(await signJws(key, 'dpop+jwt', { htm: 'GET', text: 'ü' }), 'dpop+jwt')
  expect(jws.claims).toEqual({ htm: 'GET', text: 'ü' })
  expect(jws.header).toEqual({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk })
  expect(jws.jkt).toBe(key.jkt)
})
