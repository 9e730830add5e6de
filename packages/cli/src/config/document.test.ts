import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { configReference } from './document.ts'
import { configKeys } from './keys.ts'

const path = new URL('../../../../docs/configuration.md', import.meta.url).pathname
const begin = '<!-- generated: reference -->\n'
const end = '\n<!-- end -->'

it('says the same in the documentation as in the schema; `vitest -u` writes it anew', async () => {
  const document = readFileSync(path, 'utf8')
  const [before, rest = ''] = document.split(begin)
  const [, after] = rest.split(end)
  await expect(`${before ?? ''}${begin}\n${configReference()}\n${end}${after ?? ''}`).toMatchFileSnapshot(
    path,
  )
})

it('describes every key', () => {
  expect(configKeys.filter(({ about }) => about === '').map(({ env }) => env)).toEqual([])
})
