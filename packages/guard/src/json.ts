/** End of the string that starts at `start`: the index of its closing quote. */
function endOfString(json: string, start: number): number {
  let index = start + 1
  while (json.charAt(index) !== '"') index += json.charAt(index) === '\\' ? 2 : 1
  return index
}

/** Whether an object of this valid JSON text names a member twice; names are compared as they decode. */
function namesTwice(json: string): boolean {
  // One entry for each object or array that is open: an object's names, nothing for an array.
  const open: (Set<string> | undefined)[] = []
  let expectsName = false
  for (let index = 0; index < json.length; index++) {
    const character = json.charAt(index)
    if (character === '{') {
      open.push(new Set())
      expectsName = true
    } else if (character === '[') {
      open.push(undefined)
      expectsName = false
    } else if (character === '}' || character === ']') {
      open.pop()
      expectsName = false
    } else if (character === ',') {
      expectsName = true
    } else if (character === '"') {
      const end = endOfString(json, index)
      const names = open.at(-1)
      if (expectsName && names !== undefined) {
        const name = JSON.parse(json.slice(index, end + 1)) as string
        if (names.has(name)) return true
        names.add(name)
      }
      expectsName = false
      index = end
    }
  }
  return false
}

/**
 * A JSON object, or `undefined` for any other text. An object that names a member twice is refused: two parsers may
 * take different ones of the two, and the hash would then speak of another request than the handler's (RFC 8259 §4).
 */
export function parseJsonObject(json: string): Readonly<Record<string, unknown>> | undefined {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || namesTwice(json))
    return undefined
  return value as Readonly<Record<string, unknown>>
}
