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
  const says = issue.received === 'undefined' ? 'this member is required' : issue.message
  throw new Error(`${v.getDotPath(issue) ?? 'the line'}: ${says}`)
}

/** Far above what a line of either format takes. */
const maxLineBytes = 1 << 20
const newline = 10
const formats = 'docs/evaluate.md has the formats.'

/**
 * Lines of a file, without holding more than one piece and one line of it; what stands after the last line break is one too.
 * Each is a text of its own: a slice of its piece would keep the whole piece in memory for as long as any part of it is kept.
 *
 * @param hash takes in all bytes that were read
 * @throws Failure where a line is longer than 1 MiB
 */
async function* linesOf(
  file: string,
  hash: Hash,
): AsyncGenerator<{ readonly text: string; readonly share: number }, void> {
  const size = Math.max(1, statSync(file).size)
  const decoder = new TextDecoder()
  let read = 0
  let line = 1
  let rest: Buffer[] = []
  let restBytes = 0
  const add = (bytes: Buffer): void => {
    rest.push(bytes)
    restBytes += bytes.length
    if (restBytes > maxLineBytes)
      throw new Failure(`${file}, line ${line}: longer than ${maxLineBytes} bytes`, [formats])
  }
  const take = (): string => {
    const text = decoder.decode(rest.length === 1 ? rest[0] : Buffer.concat(rest))
    rest = []
    restBytes = 0
    line += 1
    return text.endsWith('\r') ? text.slice(0, -1) : text
  }
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    read += piece.length
    hash.update(piece)
    let from = 0
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, from)) {
      add(piece.subarray(from, end))
      from = end + 1
      yield { text: take(), share: read / size }
    }
    add(piece.subarray(from))
  }
  if (restBytes > 0) yield { text: take(), share: 1 }
}

export type ReadLine =
  | (ReadLogin & { readonly problem?: undefined })
  | { readonly problem: string; readonly text: string; readonly line: number; readonly share: number }

/**
 * Lines of a file, read or with what is wrong: NDJSON, or the CSV of the public RBA data set, told apart by the first line. The
 * file may be larger than memory.
 */
export async function* readLines(
  file: string,
  hash: Hash = createHash('sha256'),
): AsyncGenerator<ReadLine, void> {
  let read: ((text: string) => Login) | undefined
  let line = 0
  for await (const { text, share } of linesOf(file, hash)) {
    line += 1
    if (text === '') continue
    try {
      if (read === undefined && isRbaHeader(text)) {
        read = rbaReader(text)
        continue
      }
      read ??= ndjsonLine
      yield { login: read(text), line, share }
    } catch (error) {
      yield { problem: messageOf(error), text, line, share }
    }
  }
}

/**
 * The same in order of time, for what needs every line.
 *
 * @throws Failure that names the line which does not fit
 */
export async function* readLogins(
  file: string,
  hash: Hash = createHash('sha256'),
): AsyncGenerator<ReadLogin, void> {
  let last = -Infinity
  try {
    for await (const each of readLines(file, hash)) {
      const problem =
        each.problem ??
        (each.login.ts_ms < last
          ? 'is earlier than the line before: logins stand in order of time'
          : undefined)
      if (problem !== undefined || each.problem !== undefined)
        throw new Failure(`${file}, line ${each.line}: ${problem ?? ''}`, [formats])
      last = each.login.ts_ms
      yield each
    }
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure(`${file} cannot be read: ${messageOf(error)}`, [], error)
  }
}
