import type { Params, ParamValue } from '@newel/protocol'

const maxParams = 32
const maxNameLength = 64
const maxTextLength = 2048
const paramName = /^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/
/** Half of a surrogate pair: such a text has no RFC 8785 form, hence no hash. */
const loneSurrogate = /\p{Cs}/u

function isParamValue(value: unknown): value is ParamValue {
  if (typeof value === 'string') return value.length <= maxTextLength && !loneSurrogate.test(value)
  return typeof value === 'boolean' || Number.isSafeInteger(value)
}

/**
 * Params as Newel takes them, copied and frozen, so that what is hashed is what the handler gets. `undefined` where the
 * request can be no such action: most values come from a browser. Members that are `undefined` count as missing.
 */
export function readParams(values: Readonly<Record<string, unknown>>): Params | undefined {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  if (entries.length > maxParams) return undefined
  const params: Params = {}
  for (const [name, value] of entries) {
    if (name.length > maxNameLength || !paramName.test(name) || !isParamValue(value)) return undefined
    params[name] = Object.is(value, -0) ? 0 : value
  }
  return Object.freeze(params)
}
