import { expect, it } from 'vitest'
import { checkPassword, hashPassword } from './passwords.ts'

// Each of the hashes is meant to be slow.
const timeout = 60_000

it('knows the password again and no other', { timeout }, async () => {
  const stored = await hashPassword('correct horse')
  expect(stored).not.toContain('correct')
  expect(await checkPassword(stored, 'correct horse')).toBe(true)
  expect(await checkPassword(stored, 'correct horsE')).toBe(false)
})

it('knows no password where there is no account', { timeout }, async () => {
  expect(await checkPassword(undefined, '')).toBe(false)
})

it('hashes the same password differently each time', { timeout }, async () => {
  expect(await hashPassword('x')).not.toBe(await hashPassword('x'))
})

it('checks a hash at the cost that it was made with', async () => {
  const cheap = await hashPassword('correct horse', 4)
  expect(await checkPassword(cheap, 'correct horse')).toBe(true)
  expect(await checkPassword(cheap.replace(/^4/, '5'), 'correct horse')).toBe(false)
})
