import { createHash, type Hash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import * as v from 'valibot'
import { Failure, messageOf } from '../../failure.ts'
import { loginSchema, type Login } from './login.ts'
import { isRbaHeader, rbaReader } from './rba-csv.ts'

export interface ReadLogin {
  readonly login: Login
  /** Counted from 1. */
  readonly line: number
  /** Of the file, 0 to 1. */
  readonly share: number
}

function ndjsonLine(text: string): Login {
  const parsed = v.safeParse(loginSchema, JSON.parse(text))
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  throw new Error(`${v.getDotPath(issue) ?? 'the line'}: ${issue.message}`)
}

/**
 * Lines of a file, without holding more than one piece of it.
 *
 * @param hash takes in all bytes that were read
 */
export async function* linesOf(
  file: string,
  hash: Hash,
): AsyncGenerator<{ readonly text: string; readonly share: number }, void> {
  const size = Math.max(1, statSync(file).size)
  const decoder = new TextDecoder()
  let read = 0
  let rest = ''
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    read += piece.length
    hash.update(piece)
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const text of lines)
      yield { text: text.endsWith('\r') ? text.slice(0, -1) : text, share: read / size }
  }
  if (rest !== '') yield { text: rest, share: 1 }
}

/**
 * Logins of a file in order of time: NDJSON, or the CSV of the public RBA data set, told apart by the first line. The file
 * may be larger than memory.
 *
 * @throws Failure that names the line which does not fit
 */
export async function* readLogins(
  file: string,
  hash: Hash = createHash('sha256'),
): AsyncGenerator<ReadLogin, void> {
  let read: ((text: string) => Login) | undefined
  let line = 0
  let last = -Infinity
  try {
    for await (const { text, share } of linesOf(file, hash)) {
      line += 1
      if (text === '') continue
      if (read === undefined) {
        if (isRbaHeader(text)) {
          read = rbaReader(text)
          continue
        }
        read = ndjsonLine
      }
      const login = read(text)
      if (login.ts_ms < last)
        throw new Error('is earlier than the line before: logins stand in order of time')
      last = login.ts_ms
      yield { login, line, share }
    }
  } catch (error) {
    throw new Failure(
      `${file}, line ${line}: ${messageOf(error)}`,
      ['docs/evaluate.md has the formats.'],
      error,
    )
  }
}
