import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { explain } from '../failure.ts'
import { openFolder } from './folder.ts'

let parent: string
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'newel-dev-'))
})
afterEach(() => {
  rmSync(parent, { recursive: true })
})

it('makes keys on the first start and keeps them', () => {
  const first = openFolder(join(parent, 'data'))
  first.release()
  const second = openFolder(join(parent, 'data'))
  second.release()
  expect(first.fresh).toBe(true)
  expect(second.fresh).toBe(false)
  expect(second.masterKey).toBe(first.masterKey)
  expect(second.tenant).toEqual(first.tenant)
  expect(first.masterKey).toMatch(/^[\w-]{43}$/)
  expect(first.tenant.secretKey).toMatch(/^sk_demo_[\w-]{43}$/)
})

it('lets nobody but the owner read keys', () => {
  openFolder(parent).release()
  for (const file of ['master.key', 'tenant.json']) {
    expect(statSync(join(parent, file)).mode & 0o777).toBe(0o600)
  }
})

it('keeps itself out of commits', () => {
  openFolder(parent).release()
  expect(readFileSync(join(parent, '.gitignore'), 'utf8')).toBe('*\n')
})

it('serves one process at a time', () => {
  const held = openFolder(parent)
  expect(() => openFolder(parent)).toThrow('already runs')
  held.release()
  openFolder(parent).release()
})

it('says what to do about a damaged file, without quoting it', () => {
  writeFileSync(join(parent, 'tenant.json'), '{"secretKey": "sk_demo_x"')
  try {
    openFolder(parent)
    expect.unreachable()
  } catch (error) {
    expect(explain(error)).toContain('to start over')
    expect(explain(error)).not.toContain('sk_demo_x')
  }
})
