// @vitest-environment node
import { expect, it } from 'vitest'
import { createNewelClient, NewelError } from './index.ts'

it('can be imported and makes a client where there is no page', () => {
  expect('document' in globalThis).toBe(false)
  expect(createNewelClient({ key: 'pk_demo_0123456789abcdef', endpoint: '/newel' }).explain()).toBeUndefined()
  expect(new NewelError('cancelled', 'text').docsUrl).toBe('docs/errors.md#cancelled')
})
