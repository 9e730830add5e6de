import { assertStorable } from '../text.ts'

/** Thrown inside a change to refuse it as a whole. */
export const refused = new Error('refused')

/** Steps that take a change back, latest last. */
export type Journal = (() => void)[]

type KeyPart = string | number | undefined

/** Rows by key, by further unique keys, and in groups. Rows are never changed, only replaced. */
export interface MemoryTable<Row> {
  readonly find: (...key: readonly KeyPart[]) => Row | undefined
  /** Refuses the change where the key, or one of the unique ones, is taken. */
  readonly insert: (row: Row) => void
  /** Replaces the row of the same key, where there is one. */
  readonly put: (row: Row) => void
  /** Whether another row has this unique key. */
  readonly taken: (name: string, ...key: readonly KeyPart[]) => boolean
  readonly remove: (row: Row) => void
  /** Rows of a group, in the order in which they came. */
  readonly group: (name: string, ...key: readonly KeyPart[]) => readonly Row[]
  readonly all: () => readonly Row[]
}

export interface TableShape<Row> {
  readonly key: readonly (keyof Row & string)[]
  /** Further keys; a row for which one is `undefined` has none. */
  readonly unique?: Readonly<Record<string, (row: Row) => readonly KeyPart[] | undefined>>
  readonly groups?: Readonly<Record<string, (row: Row) => readonly KeyPart[] | undefined>>
}

const keyText = (parts: readonly unknown[]): string => {
  for (const part of parts) if (typeof part === 'string') assertStorable(part)
  return JSON.stringify(parts)
}

export function memoryTable<Row extends object>(shape: TableShape<Row>, journal: Journal): MemoryTable<Row> {
  const rows = new Map<string, Row>()
  const uniques = new Map<string, Row>()
  const groups = new Map<string, Set<Row>>()

  const keyOf = (row: Row) => keyText(shape.key.map((member) => row[member]))
  const named = (name: string, key: readonly KeyPart[] | undefined) =>
    key === undefined ? [] : [`${name} ${keyText(key)}`]
  const uniqueKeys = (row: Row) =>
    Object.entries(shape.unique ?? {}).flatMap(([name, of]) => named(name, of(row)))
  const groupKeys = (row: Row) =>
    Object.entries(shape.groups ?? {}).flatMap(([name, of]) => named(name, of(row)))

  const link = (row: Row) => {
    rows.set(keyOf(row), row)
    for (const key of uniqueKeys(row)) uniques.set(key, row)
    for (const key of groupKeys(row)) {
      const members = groups.get(key)
      if (members) members.add(row)
      else groups.set(key, new Set([row]))
    }
  }
  const unlink = (row: Row) => {
    rows.delete(keyOf(row))
    for (const key of uniqueKeys(row)) uniques.delete(key)
    for (const key of groupKeys(row)) {
      const members = groups.get(key)
      members?.delete(row)
      if (members?.size === 0) groups.delete(key)
    }
  }
  const add = (row: Row) => {
    if (rows.has(keyOf(row)) || uniqueKeys(row).some((key) => uniques.has(key))) throw refused
    const kept = keep(row)
    link(kept)
    journal.push(() => unlink(kept))
  }
  const remove = (row: Row) => {
    const standing = rows.get(keyOf(row))
    if (standing === undefined) return
    unlink(standing)
    journal.push(() => link(standing))
  }
  return {
    find: (...key) => rows.get(keyText(key)),
    insert: add,
    put: (row) => {
      remove(row)
      add(row)
    },
    taken: (name, ...key) => uniques.has(`${name} ${keyText(key)}`),
    remove,
    group: (name, ...key) => [...(groups.get(`${name} ${keyText(key)}`) ?? [])],
    all: () => [...rows.values()],
  }
}

/** A copy that the caller has no hold on, of text that every store would take. */
function keep<Row extends object>(row: Row): Row {
  const kept: Record<string, unknown> = {}
  for (const [member, value] of Object.entries(row) as [string, unknown][]) {
    if (typeof value === 'string') assertStorable(value)
    kept[member] = typeof value === 'object' ? structuredClone(value) : value
  }
  return kept as Row
}
