import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type Dialect,
  type RawBuilder,
} from 'kysely'
import { assertStorable } from '../text.ts'
import type { Value } from '../columns.ts'
import type { Database } from './database.ts'

/** SQL of one of two kinds; D1 speaks the first. */
export type DialectName = 'sqlite' | 'postgres'

/** A query with its values, ready for a driver. */
export interface Statement {
  readonly sql: string
  readonly values: readonly Value[]
  /** Answers with rows. */
  readonly returns: boolean
  /** A batch in which this statement touches no row is refused as a whole. */
  readonly guard: boolean
}

type Argument = Value | boolean | undefined
type Placeholders<A> = {
  readonly [K in keyof A]-?: A[K] extends boolean
    ? number
    : undefined extends A[K]
      ? Exclude<A[K], undefined> | null
      : A[K]
}

/** A query whose values are named instead of given, so that it is compiled once and bound often. */
export interface Query<A> {
  readonly build: (
    db: Kysely<Database>,
    values: Placeholders<A>,
    dialect: DialectName,
  ) => { compile(): CompiledQuery }
}

/** A query written in SQL, where the builder has no word for it. */
export const raw = (db: Kysely<Database>, builder: RawBuilder<unknown>) => ({
  compile: () => builder.compile(db),
})

export const query = <A extends object>(build: Query<A>['build']): Query<A> => ({ build })

/** Values of a query that names a number of keys: `key0`, `key1`, … beside its own. */
export type Keyed = Record<string, string | number>

/**
 * One query for each number that a caller gives, for what must be part of the SQL: how many keys it names, and a limit, since
 * SQLite prepares a statement anew whenever a bound limit is set.
 */
export function byNumber<A>(build: (number: number) => Query<A>): (number: number) => Query<A> {
  const built = new Map<number, Query<A>>()
  return (number) => {
    const found = built.get(number) ?? build(number)
    built.set(number, found)
    return found
  }
}

/** A query that names a number of keys. */
export const byCount = (
  build: (names: readonly string[]) => Query<Keyed>,
): ((count: number) => Query<Keyed>) =>
  byNumber((count) => build(Array.from({ length: count }, (_, index) => `key${index}`)))

/** Names keys for such a query. */
export function keyed(keys: readonly string[], values: Keyed): Keyed {
  const all: Keyed = { ...values }
  for (const [index, key] of keys.entries()) all[`key${index}`] = key
  return all
}

/** Stands for a value while a query is compiled. */
class Placeholder {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

const placeholders = new Proxy({}, { get: (_target, name) => new Placeholder(String(name)) })

const dialects: Record<DialectName, Dialect> = {
  sqlite: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
  postgres: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
}

/** Kysely without a connection: it compiles, drivers execute. */
export function compiler(dialect: DialectName, schema: string | undefined): Kysely<Database> {
  const db = new Kysely<Database>({ dialect: dialects[dialect] })
  return schema === undefined ? db : db.withSchema(schema)
}

/** Gives a query its values. */
export type Bind = <A extends { readonly [K in keyof A]: Argument }>(query: Query<A>, values: A) => Statement

/** A `Bind` that compiles each query once: compiling takes longer than most queries run. */
export function createBind(dialect: DialectName, schema: string | undefined): Bind {
  const db = compiler(dialect, schema)
  const compiled = new Map<Query<never>, { sql: string; parameters: readonly unknown[]; returns: boolean }>()
  return (query, values) => {
    let found = compiled.get(query)
    if (found === undefined) {
      const { sql, parameters } = query
        .build(db, placeholders as Placeholders<typeof values>, dialect)
        .compile()
      found = { sql, parameters, returns: sql.startsWith('select') || sql.includes(' returning ') }
      compiled.set(query, found)
    }
    const given: Readonly<Record<string, Argument>> = values
    return {
      sql: found.sql,
      values: found.parameters.map((parameter) =>
        parameter instanceof Placeholder ? bindable(given[parameter.name]) : (parameter as Value),
      ),
      returns: found.returns,
      guard: false,
    }
  }
}

function bindable(value: Argument): Value {
  if (value === undefined) return null
  if (typeof value === 'string') assertStorable(value)
  return typeof value === 'boolean' ? Number(value) : value
}

/** Refuses the whole batch where the statement touches no row. */
export const must = (statement: Statement): Statement => ({ ...statement, guard: true })
