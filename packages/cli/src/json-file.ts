import { visit } from 'jsonc-parser'
import type { JSONPath } from 'jsonc-parser'
import { readFileSync } from 'node:fs'
import { Failure, messageOf } from './failure.ts'

/** A member that its object has named before, with the line that names it again, counted from 1. */
export interface Repeat {
  readonly path: JSONPath
  readonly line: number
}

/** Members that an object of this JSON names again. `JSON.parse` keeps the last one without a word (RFC 8259 §4). */
export function repeatsIn(json: string): readonly Repeat[] {
  const open: Set<string>[] = []
  const repeats: Repeat[] = []
  visit(json, {
    onObjectBegin: () => {
      open.push(new Set())
    },
    onObjectProperty: (name, _offset, _length, line, _column, pathOfObject) => {
      const names = open.at(-1)
      if (names?.has(name)) repeats.push({ path: [...pathOfObject(), name], line: line + 1 })
      names?.add(name)
    },
    onObjectEnd: () => {
      open.pop()
    },
  })
  return repeats
}

/** Where JSON stops being JSON, counted from 1; nothing where only `JSON.parse` finds a mistake. */
function placeOfMistake(json: string): string {
  let place: string | undefined
  const onError = (_error: number, _offset: number, _length: number, line: number, column: number): void => {
    place ??= `, at line ${line + 1}, column ${column + 1}`
  }
  visit(json, { onError }, { disallowComments: true })
  return place ?? ''
}

/**
 * The text of a file, without the byte order mark that some editors put first.
 *
 * @param what the file is, such as `policy file`
 * @throws Failure where it cannot be read or is not UTF-8
 */
export function readText(path: string, what: string): string {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new Failure(`The ${what} ${path} cannot be read: ${messageOf(error)}`, [], error)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Failure(`The ${what} ${path} is not UTF-8 text: save it as UTF-8.`)
  }
}

/**
 * The JSON that a file holds.
 *
 * @param nameOf how a place in it is written
 * @param secret whether it may hold keys: then the parser's message, which quotes the text around a mistake, is left out
 * @throws Failure where it cannot be read, is no JSON, or names a member twice
 */
export function readJson(
  path: string,
  what: string,
  { nameOf = pointerOf, secret = false }: { nameOf?: (path: JSONPath) => string; secret?: boolean } = {},
): unknown {
  const text = readText(path, what)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const said = `The ${what} ${path} is no valid JSON${placeOfMistake(text)}`
    throw secret ? new Failure(`${said}.`) : new Failure(`${said}: ${messageOf(error)}`, [], error)
  }
  const repeats = repeatsIn(text)
  if (repeats.length === 0) return value
  throw new Failure(
    `The ${what} ${path} names members twice; only one of the two could hold:`,
    repeats.map((repeat) => `${nameOf(repeat.path)}: named again on line ${repeat.line}`),
  )
}

/** A JSON Pointer (RFC 6901). */
const pointerOf = (path: JSONPath): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
