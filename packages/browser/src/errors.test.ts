// @vitest-environment node
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { NewelError, type NewelErrorCode } from './errors.ts'

const explained = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
const codes = Object.keys({
  cancelled: 0,
  expired: 0,
  rate_limited: 0,
  locked: 0,
  no_method: 0,
  unsupported: 0,
  network: 0,
  timeout: 0,
  blocked: 0,
  denied: 0,
  not_replayable: 0,
  config: 0,
} satisfies Record<NewelErrorCode, 0>) as NewelErrorCode[]

it.each(codes)('%s is explained where docsUrl points', (code) => {
  const { docsUrl } = new NewelError(code, 'text')
  expect(docsUrl).toBe(`docs/errors.md#${code}`)
  expect(explained).toMatch(new RegExp(`^## ${code}$`, 'm'))
})

it('keeps the cause, and says whether a later try may work', () => {
  const cause = new TypeError('Failed to fetch')
  expect(new NewelError('network', 'text', { cause })).toMatchObject({
    name: 'NewelError',
    retryable: true,
    cause,
  })
  expect(new NewelError('config', 'text').retryable).toBe(false)
})
