import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** Values by key, as many as there may be. */
export interface Table<V> {
  get(key: string): V | undefined
  /** @param value not to be changed from here on */
  set(key: string, value: V): void
}

/** A value in the file: text, and the bytes that it has beside it. */
export type Packed = readonly [text: string, bytes: Uint8Array | null]

export interface TableOptions<V> {
  /** Memory for what was used last, keys included, in bytes. */
  readonly roomBytes: number
  /** What a value takes in memory, roughly, its key left out. */
  readonly bytesOf: (value: V) => number
  /** Default: as JSON. */
  readonly pack?: (value: V) => Packed
  readonly unpack?: (packed: Packed) => V
}

/** Tables in a bounded piece of memory, beside a temporary file for what was not used for longest. */
export interface Spill {
  table<V>(options: TableOptions<V>): Table<V>
  close(): void
}

/** An entry of a map, and its key but for the letters. */
const entryBytes = 100
/** Pages of the file that SQLite keeps in memory, in KiB. */
const cacheKib = 16_384

/** Nothing is written, and no file made, until a table outgrows its room. */
export function createSpill(): Spill {
  let database: DatabaseSync | undefined
  let tables = 0

  function open(name: string): { readonly read: StatementSync; readonly write: StatementSync } {
    if (database === undefined) {
      // SQLite's own temporary file: it has no name for others, and is gone when the process is, however that ends.
      database = new DatabaseSync('')
      database.exec(`pragma journal_mode = off; pragma cache_size = -${cacheKib}`)
    }
    database.exec(`create table ${name} (key text primary key, text text, bytes blob)`)
    return {
      read: database.prepare(`select text, bytes from ${name} where key = ?`),
      write: database.prepare(
        `insert into ${name} (key, text, bytes) values (?, ?, ?)
          on conflict (key) do update set text = excluded.text, bytes = excluded.bytes`,
      ),
    }
  }

  return {
    table<V>({
      roomBytes,
      bytesOf,
      pack = (value) => [JSON.stringify(value), null],
      unpack = ([text]) => JSON.parse(text) as V,
    }: TableOptions<V>) {
      const name = `table_${(tables += 1)}`
      // Two generations, each half of the room: to keep the exact order of use would change a map with every question.
      let young = new Map<string, V>()
      let old = new Map<string, V>()
      let youngBytes = 0
      let file: ReturnType<typeof open> | undefined

      function turn(): void {
        if (old.size > 0) {
          file ??= open(name)
          database!.exec('begin')
          for (const [key, value] of old) if (!young.has(key)) file.write.run(key, ...pack(value))
          database!.exec('commit')
        }
        old = young
        young = new Map()
        youngBytes = 0
      }
      function set(key: string, value: V): void {
        const before = young.get(key)
        youngBytes += bytesOf(value) - (before === undefined ? -entryBytes - 2 * key.length : bytesOf(before))
        young.set(key, value)
        if (youngBytes > roomBytes / 2) turn()
      }
      function stored(key: string): V | undefined {
        const row = file?.read.get(key)
        return row === undefined
          ? undefined
          : unpack([row['text'] as string, row['bytes'] as Uint8Array | null])
      }
      return {
        get(key) {
          const here = young.get(key)
          if (here !== undefined) return here
          const older = old.get(key) ?? stored(key)
          if (older !== undefined) set(key, older)
          return older
        },
        set,
      }
    },
    close: () => database?.close(),
  }
}
