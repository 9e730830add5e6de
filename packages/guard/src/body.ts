import { parseJsonObject } from './json.ts'
import { refuse, type Refused } from './answers.ts'

/** 64 KiB. */
export const defaultMaxBodyBytes = 65_536

/** Members of a JSON object, or fields of a form; a form field that is given several times is an array. */
export type Body = Readonly<Record<string, unknown>>

export type BodyResult = { readonly ok: true; readonly body: Body } | Refused

/** Reads a stream to its end, or to `max` bytes: `undefined` when there is more. */
export async function readStream(
  stream: AsyncIterable<Uint8Array>,
  max: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.length
    if (length > max) return undefined
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Fields by name. One that is given twice becomes an array, which is no value of a param: nobody has to choose. */
export function readFields(fields: URLSearchParams): Body {
  const names = new Set(fields.keys())
  return Object.fromEntries(
    [...names].map((name) => {
      const values = fields.getAll(name)
      return [name, values.length === 1 ? values[0] : values]
    }),
  )
}

/**
 * Reads a body that was received as bytes: a JSON object or a form, in UTF-8 and not compressed. Without a body there are
 * no members.
 */
export function parseBody(bytes: Uint8Array, headers: Headers): BodyResult {
  if (bytes.length === 0) return { ok: true, body: {} }
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';')
  const charset = parameters.find((parameter) => parameter.trim().startsWith('charset='))
  const encoding = headers.get('content-encoding') ?? 'identity'
  if (encoding !== 'identity' || (charset !== undefined && !/^\s*charset="?utf-8"?\s*$/.test(charset))) {
    return refuse('unsupported_media_type')
  }
  const isForm = type.trim() === 'application/x-www-form-urlencoded'
  const isJson = /^application\/(?:json|[a-z0-9.!#$&^_-]+\+json)$/.test(type.trim())
  if (!isForm && !isJson) return refuse('unsupported_media_type')
  const text = decode(bytes)
  if (text === undefined) return refuse('invalid_request')
  const body = isForm ? readFields(new URLSearchParams(text)) : parseJsonObject(text)
  return body === undefined ? refuse('invalid_request') : { ok: true, body }
}
