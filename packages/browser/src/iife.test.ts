import { afterEach, beforeEach, expect, it, vi } from 'vitest'

beforeEach(() => void vi.resetModules())
afterEach(() => void Reflect.deleteProperty(document, 'currentScript'))

const load = (dataset: Record<string, string> | undefined) => {
  const value = dataset && { dataset }
  Object.defineProperty(document, 'currentScript', { value: value ?? null, configurable: true })
  return import('./iife.ts')
}
const tag = { key: 'pk_demo_0123456789abcdef', endpoint: '/newel' }

it('makes the client that the attributes of its tag describe', async () => {
  expect((await load({ ...tag, protect: 'https://api.example  https://files.example' })).client).toBeDefined()
})

it('leaves it to the page where the tag says nothing', async () => {
  expect((await load({})).client).toBeUndefined()
  expect((await load(undefined)).client).toBeUndefined()
})

it('says so when an attribute is wrong', async () => {
  await expect(load({ ...tag, protect: 'https://api.example/path' })).rejects.toMatchObject({
    code: 'config',
  })
})

it('says so when one of the two attributes is missing', async () => {
  await expect(load({ key: tag.key })).rejects.toMatchObject({ code: 'config' })
  await expect(load({ endpoint: tag.endpoint })).rejects.toMatchObject({ code: 'config' })
})
