import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { GuardError } from './error.ts'
import { hashSession } from './session.ts'

it('hashes a session as the wire says', async () => {
  const expected = createHash('sha256')
    .update('newel-sid' + 'https://bank.example' + 'sëssion')
    .digest('base64url')
  expect(await hashSession('https://bank.example', 'sëssion')).toBe(expected)
})

it('refuses the empty session, which everybody would share', async () => {
  await expect(hashSession('https://bank.example', '')).rejects.toThrow(GuardError)
  await expect(hashSession('https://bank.example', undefined as unknown as string)).rejects.toThrow(
    GuardError,
  )
})
