import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { explain } from './failure.ts'
import { readJson, repeatsIn } from './json-file.ts'

let path: string
beforeAll(() => {
  path = join(mkdtempSync(join(tmpdir(), 'newel-json-')), 'policy.json')
})
afterAll(() => {
  rmSync(join(path, '..'), { recursive: true })
})

const complaint = (content: string | Uint8Array): string => {
  writeFileSync(path, content)
  try {
    readJson(path, 'policy file')
  } catch (error) {
    return explain(error)
  }
  throw new Error('nothing was refused')
}

it('names every member that is named again, as it decodes, with its line', () => {
  expect(complaint('{\n "a": { "b/c": 1,\n "b\\u002fc": 2 },\n "list": [{}, { "x": 1, "x": 1 }]\n}')).toBe(
    [
      `The policy file ${path} names members twice; only one of the two could hold:`,
      '  /a/b~1c: named again on line 3',
      '  /list/1/x: named again on line 4',
    ].join('\n'),
  )
})

it('lets objects side by side and below each other use the same names', () => {
  expect(repeatsIn('[{ "a": { "a": ["a", "a"] } }, { "a": 1 }]')).toEqual([])
})

it('reads a file that begins with a byte order mark', () => {
  writeFileSync(path, '\uFEFF{ "a": 1 }')
  expect(readJson(path, 'policy file')).toEqual({ a: 1 })
})

it('says that a file of another encoding is none', () => {
  expect(complaint(Buffer.from('\uFEFF{ "a": 1 }', 'utf16le'))).toContain('is not UTF-8 text')
})

it('says where a file stops being JSON, also one whose text is not to be shown', () => {
  const secret = (text: string): string => {
    writeFileSync(path, text)
    try {
      return explain(readJson(path, 'configuration file', { secret: true }))
    } catch (error) {
      return explain(error)
    }
  }
  const said = `The configuration file ${path} is no valid JSON`
  expect(secret('{\n  "a": 1\n  "b": "key"\n}')).toBe(`${said}, at line 3, column 3.`)
  expect(secret('{\n  "a": 1,\n}')).toBe(`${said}, at line 3, column 1.`)
  expect(secret('{\n  // why\n  "a": 1\n}')).toBe(`${said}, at line 2, column 3.`)
  expect(complaint('{ "a": }')).toContain('is no valid JSON, at line 1, column 8: ')
})
