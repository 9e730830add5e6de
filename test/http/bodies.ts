/** A change to a body that was valid, and what it is. */
export interface Change {
  readonly what: string
  readonly text: string
}

type Path = readonly (string | number)[]

/** Every place below the root of a value. */
function places(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return path.length === 0 ? [] : [path]
  const inner = Object.entries(value).flatMap(([key, member]) =>
    places(member, [...path, Array.isArray(value) ? Number(key) : key]),
  )
  return path.length === 0 ? inner : [path, ...inner]
}

const placeholder = '\uE000'

/** The text of a body with `literal`, which may be no JSON at all, at one place. */
function withLiteral(body: object, [key = '', ...rest]: Path, literal: string): string {
  const put = (value: unknown, [first, ...then]: Path): unknown => {
    if (first === undefined) return placeholder
    const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }
    Object.assign(copy, { [first]: put((value as Record<string | number, unknown>)[first], then) })
    return copy
  }
  return JSON.stringify(put(body, [key, ...rest])).replace(JSON.stringify(placeholder), () => literal)
}

function without(body: object, path: Path): string {
  const copy = structuredClone(body) as Record<string | number, unknown>
  const parent = path.slice(0, -1).reduce((at, key) => at[key] as Record<string | number, unknown>, copy)
  Reflect.deleteProperty(parent, path.at(-1) ?? '')
  return JSON.stringify(copy)
}

/** Values that no member of ours takes, and edges of those that some take. */
const literals = [
  'null',
  'true',
  '0',
  '-1',
  '1.5',
  '1e309',
  '9007199254740993',
  '""',
  '"x"',
  '" "',
  '"\\n"',
  '[]',
  '["x"]',
  '{}',
  '{"$gt":""}',
  `"${'x'.repeat(5000)}"`,
]

/** Each member in turn replaced, left out or joined by one that nobody declared. */
export const memberChanges = (body: object): Change[] =>
  places(body).flatMap((path) => {
    const at = path.join('.')
    return [
      ...literals.map((literal) => ({
        what: `${at} = ${literal.slice(0, 24)}`,
        text: withLiteral(body, path, literal),
      })),
      { what: `no ${at}`, text: without(body, path) },
      { what: `more beside ${at}`, text: beside(body, path) },
    ]
  })

const beside = (body: object, path: Path): string => {
  const copy = structuredClone(body) as Record<string | number, unknown>
  const parent = path.slice(0, -1).reduce((at, key) => at[key] as Record<string | number, unknown>, copy)
  Object.assign(parent, Array.isArray(parent) ? [] : { admin: true })
  return JSON.stringify(copy)
}

/** Strings that no text of ours may hold, in the place of each string in turn. */
export const textChanges = (body: object): Change[] =>
  places(body)
    .filter((path) => typeof path.reduce<unknown>((at, key) => (at as never)[key], body) === 'string')
    .flatMap((path) =>
      [
        ['NUL', '"a\\u0000b"'],
        ['half a surrogate pair', '"a\\ud800b"'],
        ['the other half', '"\\udc00"'],
      ].map(([name = '', literal = '']) => ({
        what: `${name} in ${path.join('.')}`,
        text: withLiteral(body, path, literal),
      })),
    )

/** What is no JSON, or JSON that two parsers would read differently. */
export function documentChanges(body: object): Change[] {
  const text = JSON.stringify(body)
  const inside = text.slice(1, -1)
  const [first = '', value] = Object.entries(body)[0] ?? []
  const member = `${JSON.stringify(first)}:${JSON.stringify(value)}`
  const space = ' '.repeat(100)
  const escaped = `"\\u${(first.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}${first.slice(1)}"`
  return [
    ['nothing', ''],
    ['white space', '  '],
    ['null', 'null'],
    ['an array', `[${text}]`],
    ['a string', JSON.stringify(text)],
    ['a number', '7'],
    ['an unfinished object', text.slice(0, -1)],
    ['two objects', text + text],
    ['single quotes', text.replaceAll('"', "'")],
    ['a comma at the end', `{${inside},}`],
    ['a comment', `{/* */${inside}}`],
    ['NaN', `{${inside},"x":NaN}`],
    ['a member twice', `{${member},${inside}}`],
    [
      'a member twice, the second with a space',
      `{${inside},${JSON.stringify(first)}${space}:${JSON.stringify(value)}}`,
    ],
    ['a member twice, once escaped', `{${escaped}:${JSON.stringify(value)},${inside}}`],
    ['__proto__', `{${inside},"__proto__":{"admin":true}}`],
    ['__proto__ with a space', `{${inside},"__proto__"${space}:{"admin":true}}`],
    ['__proto__ escaped', `{${inside},"\\u005f_proto__":{"admin":true}}`],
    ['constructor', `{${inside},"constructor":{"prototype":{"admin":true}}}`],
    ['ten levels too many', `{${inside},"x":${'['.repeat(20)}${']'.repeat(20)}}`],
    ['ten thousand levels', `{${inside},"x":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`],
    ['a thousand members', `{${inside},${Array.from({ length: 1000 }, (_, n) => `"m${n}":0`).join(',')}}`],
  ].map(([what = '', changed = '']) => ({ what, text: changed }))
}
