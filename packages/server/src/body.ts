import * as v from 'valibot'
import { ProblemError } from './problem.ts'

/** Depth 10, 200 members an object: what `docs/configuration.md` states. */
const maxDepth = 10
const maxMembers = 200

/** What structures a JSON text (RFC 8259 §2), as UTF-16. */
const codes = {
  quote: 0x22,
  colon: 0x3a,
  bracket: 0x5b,
  bracketEnd: 0x5d,
  brace: 0x7b,
  braceEnd: 0x7d,
} as const

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d

/**
 * Finds what `JSON.parse` lets pass: a member named twice (RFC 8259 §4 leaves its meaning open), `__proto__`, half a surrogate
 * pair (no two runtimes agree on its bytes, RFC 7493 §2.1), NUL (which databases refuse), and nesting or width that no message
 * of ours has. Runs on text that `JSON.parse` has accepted.
 */
export function assertPlainJson(text: string): void {
  const open: (Set<string> | undefined)[] = []
  const string = /"(?:[^"\\]|\\.)*"/y
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === codes.brace || code === codes.bracket) {
      open.push(code === codes.brace ? new Set() : undefined)
      if (open.length > maxDepth) throw invalid('nested too deeply')
    } else if (code === codes.braceEnd || code === codes.bracketEnd) {
      open.pop()
    } else if (code === codes.quote) {
      string.lastIndex = index
      const literal = string.exec(text)?.[0]
      // Going on behind it would try every quote that follows against the rest of the text.
      if (literal === undefined) throw invalid('a string does not end')
      index += literal.length - 1
      const escaped = literal.includes('\\')
      const value = escaped ? (JSON.parse(literal) as string) : literal.slice(1, -1)
      // Text that came as UTF-8 and is JSON holds either by an escape only.
      if (escaped && (value.includes('\0') || /\p{Cs}/u.test(value)))
        throw invalid('a string holds NUL or half a character')
      const members = open.at(-1)
      if (members !== undefined && text.charCodeAt(afterSpace(text, index + 1)) === codes.colon)
        addMember(members, value)
    }
  }
}

function afterSpace(text: string, from: number): number {
  let index = from
  while (isSpace(text.charCodeAt(index))) index += 1
  return index
}

function addMember(members: Set<string>, name: string): void {
  if (name === '__proto__') throw invalid('a member may not be named __proto__')
  if (members.has(name)) throw invalid('a member is named twice')
  members.add(name)
  if (members.size > maxMembers) throw invalid('an object has too many members')
}

const invalid = (detail: string): ProblemError => new ProblemError('invalid_request', { detail })

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The text of a JSON body: at most `limit` bytes, past which it gives up without reading on. Strictly `application/json`, so
 * that no page sends it without preflight.
 */
export async function receiveBody(request: Request, limit: number): Promise<string> {
  if (!/^application\/json(?:\s*;\s*charset=utf-8)?$/i.test(request.headers.get('content-type') ?? '')) {
    throw new ProblemError('unsupported_media_type')
  }
  // A transfer coding makes the stated length void (RFC 9112 §6.3), and not every host refuses a request that has both.
  const chunked = request.headers.has('transfer-encoding')
  const length = chunked ? null : request.headers.get('content-length')
  if (Number(length ?? 0) > limit) throw new ProblemError('payload_too_large')
  // Where the connection holds the sender to a length, the body comes in one piece, without a stream.
  if (length === null) return readStream(request, limit)
  const bytes = await received(() => request.arrayBuffer())
  if (bytes.byteLength > limit) throw new ProblemError('payload_too_large')
  return decoded(() => utf8.decode(bytes))
}

async function readStream(request: Request, limit: number): Promise<string> {
  const reader = await received(async () => request.body?.getReader())
  if (reader === undefined) return ''
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let size = 0
  for (;;) {
    const { done, value } = await received(() => reader.read())
    if (done) return text + decoded(() => decoder.decode())
    size += value.byteLength
    if (size > limit) {
      // What is wrong with the body is known: that its sender cannot be told to stop changes nothing.
      await reader.cancel().catch(() => undefined)
      throw new ProblemError('payload_too_large')
    }
    text += decoded(() => decoder.decode(value, { stream: true }))
  }
}

/** A body fails to arrive where the connection breaks, and where the host's own parser has taken it. */
async function received<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch {
    throw invalid('the body cannot be read; mount Newel before any body parser')
  }
}

function decoded(decode: () => string): string {
  try {
    return decode()
  } catch {
    throw invalid('the body is not UTF-8')
  }
}

/** A JSON Pointer (RFC 6901) to where a schema found a mistake. */
function pointer(issue: v.BaseIssue<unknown>): string {
  const keys = (issue.path ?? []).map((item) => String(item.key))
  return keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function detailOf({ path, expected, received, message }: v.BaseIssue<unknown>): string {
  if (path?.at(-1)?.origin === 'key' && expected === 'never') return 'unknown member'
  if (path?.at(-1)?.origin === 'key' && received === 'undefined') return 'this member is required'
  // The library's own messages quote what was sent; those of our schemas say what is expected.
  return expected === null || !message.startsWith('Invalid') ? message : `expected ${expected}`
}

/** What was wrong where, without repeating what was sent: problem documents reach logs. */
export function schemaProblem(issues: readonly v.BaseIssue<unknown>[]): ProblemError {
  const errors = issues.slice(0, 10).map((issue) => ({
    pointer: pointer(issue).slice(0, 200),
    detail: detailOf(issue).slice(0, 200),
  }))
  return new ProblemError('invalid_request', { errors })
}

/** What a received body says, checked against its schema. */
export function parseBody<S extends v.GenericSchema>(text: string, schema: S): v.InferOutput<S> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw invalid('the body is not JSON')
  }
  assertPlainJson(text)
  const result = v.safeParse(schema, json)
  if (!result.success) throw schemaProblem(result.issues)
  if (hasListForObject(json, result.output)) throw invalid('a list stands where an object is due')
  return result.output
}

/** To the schema library a list is an object too: where no member is required, one would pass for `{}`. */
export function hasListForObject(given: unknown, taken: unknown): boolean {
  if (typeof given !== 'object' || given === null || typeof taken !== 'object' || taken === null) return false
  if (Array.isArray(given) && !Array.isArray(taken)) return true
  return Object.entries(taken).some(([key, value]) => hasListForObject(Reflect.get(given, key), value))
}
