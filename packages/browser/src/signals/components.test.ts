import { loadSources } from '@fingerprintjs/fingerprintjs'
import { afterEach, expect, it, vi } from 'vitest'
import { readComponents } from './components.ts'

vi.mock('@fingerprintjs/fingerprintjs', async (original) => ({
  ...(await original<object>()),
  prepareForSources: vi.fn(async () => undefined),
  loadSources: vi.fn(() => async () => ({})),
}))
afterEach(() => void vi.unstubAllGlobals())

it('asks for no client hints of high entropy, which the server did not list', async () => {
  await readComponents()
  const [sources, , left] = vi.mocked(loadSources).mock.calls[0]!
  const asksHints = Object.entries(sources)
    .filter(([, source]) => String(source).includes('getHighEntropyValues'))
    .map(([name]) => name)
  expect(asksHints).toEqual(['userAgentData'])
  expect(left).toEqual(expect.arrayContaining(asksHints))
})
