/** What a driver binds and returns. Every stored value is one of these. */
export type Value = string | number | Uint8Array | null

/** One column: how a member of a row is written and read. */
export interface Column<T> {
  readonly type: 'text' | 'integer' | 'real' | 'blob'
  readonly encode: (value: T) => Value
  readonly decode: (value: unknown) => T
}

const plain = <T extends Value>(type: Column<T>['type']): Column<T> => ({
  type,
  encode: (value) => value,
  decode: (value) => value as T,
})

export const text = plain<string>('text')
export const integer = plain<number>('integer')
export const real = plain<number>('real')

/** Text whose values are a closed set: the schemas of the wire and of the engine say which. */
export const oneOf = <T extends string>() => plain<T>('text')

export const boolean: Column<boolean> = {
  type: 'integer',
  encode: (value) => (value ? 1 : 0),
  decode: (value) => value === 1,
}

export const json = <T>(): Column<T> => ({
  type: 'text',
  encode: (value) => JSON.stringify(value),
  decode: (value) => JSON.parse(value as string) as T,
})

/** SQLite gives bytes, D1 an array of numbers, Postgres inside JSON `\x` and hexadecimal digits. */
export const blob: Column<Uint8Array> = {
  type: 'blob',
  encode: (value) => value,
  decode: (value) =>
    typeof value === 'string' ? fromHex(value) : Uint8Array.from(value as ArrayLike<number>),
}

/** Postgres writes digits below ten and the letters a to f: 0x30 to 0x39 and 0x61 to 0x66. */
const digit = (code: number): number => (code < 0x3a ? code - 0x30 : code - 0x57)

function fromHex(value: string): Uint8Array {
  const bytes = new Uint8Array(value.length / 2 - 1)
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = digit(value.charCodeAt(2 * index + 2)) * 16 + digit(value.charCodeAt(2 * index + 3))
  }
  return bytes
}

/** A column that may be NULL: `undefined` in a row. */
export const optional = <T>(column: Column<T>): Column<T | undefined> => ({
  type: column.type,
  encode: (value) => (value === undefined ? null : column.encode(value)),
  decode: (value) => (value === null || value === undefined ? undefined : column.decode(value)),
})

type SnakeCase<S extends string> = S extends `${infer Head}${infer Tail}`
  ? Head extends Lowercase<Head>
    ? `${Head}${SnakeCase<Tail>}`
    : `_${Lowercase<Head>}${SnakeCase<Tail>}`
  : S

type Stored<T> =
  | (undefined extends T ? null : never)
  | (NonNullable<T> extends Uint8Array
      ? Uint8Array
      : NonNullable<T> extends number | boolean
        ? number
        : string)

/** The table as Kysely sees it: snake_case columns with what is stored in them. */
export type StoredRow<Row> = { [K in keyof Row & string as SnakeCase<K>]: Stored<Row[K]> }

/** A table: its columns, and the way between rows of the store interface and rows of the database. */
export interface Table<Row> {
  readonly columns: readonly {
    readonly name: string
    readonly member: string
    readonly column: Column<unknown>
  }[]
  encode(row: Row): Record<string, Value>
  decode(stored: Readonly<Record<string, unknown>>): Row
}

const snakeCase = (member: string) => member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

export function table<Row extends object>(members: {
  readonly [K in keyof Row]-?: Column<Row[K]>
}): Table<Row> {
  const columns = Object.entries(members).map(([member, column]) => ({
    name: snakeCase(member),
    member: member as keyof Row & string,
    column: column as Column<unknown>,
  }))
  return {
    columns,
    encode: (row) => {
      const stored: Record<string, Value> = {}
      for (const { name, member, column } of columns) stored[name] = column.encode(row[member])
      return stored
    },
    decode: (stored) => {
      const row: Partial<Record<keyof Row & string, unknown>> = {}
      for (const { name, member, column } of columns) row[member] = column.decode(stored[name])
      return row as Row
    },
  }
}

/** The same without members that are `undefined`: for types whose members are absent instead. */
export function compact<Row extends object>(row: Row): Present<Row> {
  const present: Partial<Row> = {}
  for (const member in row) if (row[member] !== undefined) present[member] = row[member]
  return present as unknown as Present<Row>
}

type Present<Row> = { [K in keyof Row as undefined extends Row[K] ? never : K]: Row[K] } & {
  [K in keyof Row as undefined extends Row[K] ? K : never]?: Exclude<Row[K], undefined>
}
