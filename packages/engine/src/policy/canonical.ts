import type { Params } from '@newel/protocol'

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

function text(value: string): string {
  // I-JSON (RFC 7493 §2.1), which RFC 8785 builds on, forbids them: two runtimes would not agree on their bytes.
  if (loneSurrogate.test(value)) throw new TypeError('a lone surrogate has no canonical form')
  // JSON.stringify escapes exactly as RFC 8785 §3.2.2.2 asks.
  return JSON.stringify(value)
}

function primitive(value: unknown): string {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'boolean') return String(value)
  if (Number.isSafeInteger(value)) return String((value as number) + 0)
  throw new TypeError('a param is a string, a boolean or a safe integer')
}

/**
 * RFC 8785 form of `{v: 1, action, params}`: what `action_hash` is the SHA-256 of. Members in the order of their UTF-16 code
 * units, no white space.
 *
 * @throws TypeError where a value is no string, boolean or safe integer, or holds a lone surrogate
 */
export function canonicalAction(action: string, params: Params): string {
  const members = Object.keys(params)
    .sort()
    .map((name) => `${text(name)}:${primitive(params[name])}`)
  return `{"action":${text(action)},"params":{${members.join(',')}},"v":1}`
}
