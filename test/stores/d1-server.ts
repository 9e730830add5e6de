import { createRequire } from 'node:module'
import type { D1, D1Statement } from '@newel/stores/d1'

/** What this calls of miniflare, which is installed beside the other runtimes and not in the workspace. */
interface Miniflare {
  dispatchFetch(url: string, init: { method: string; body: string }): Promise<{ json(): Promise<unknown> }>
  dispose(): Promise<void>
}

/** Hands one batch to the database that the path names; bytes travel as arrays of numbers. */
const script = `export default {
  async fetch(request, env) {
    const d1 = env[new URL(request.url).pathname.slice(1)]
    const statements = await request.json()
    const value = (given) => (given && given.bytes ? new Uint8Array(given.bytes) : given)
    try {
      const results = await d1.batch(statements.map(({ sql, values }) => d1.prepare(sql).bind(...values.map(value))))
      return Response.json({ results })
    } catch (error) {
      return Response.json({ error: error.message })
    }
  },
}`

interface BoundStatement extends D1Statement {
  readonly sql: string
  readonly values: readonly unknown[]
}

export interface D1Server {
  /** An empty database. */
  database(): D1
  stop(): Promise<void>
}

/**
 * D1 in workerd. A batch is one request to it, as it is one round trip of a Worker; miniflare's own way to reach a database
 * from Node would take one for each statement.
 */
export async function startD1(count: number): Promise<D1Server> {
  const runtimes = createRequire(new URL('../runtimes/package.json', import.meta.url))
  const { Miniflare } = (await import(runtimes.resolve('miniflare'))) as {
    Miniflare: new (options: object) => Miniflare
  }
  const names = Array.from({ length: count }, (_, number) => `DB${number}`)
  const workerd = new Miniflare({
    modules: true,
    script,
    compatibilityDate: '2026-06-01',
    d1Databases: Object.fromEntries(names.map((name) => [name, name])),
  })

  const statement = (sql: string, values: readonly unknown[]): BoundStatement => ({
    sql,
    values,
    bind: (...bound) => statement(sql, bound),
  })
  const batch = async (name: string, statements: readonly D1Statement[]) => {
    const body = JSON.stringify(statements, (_, value: unknown) =>
      value instanceof Uint8Array ? { bytes: [...value] } : value,
    )
    const response = await workerd.dispatchFetch(`http://d1/${name}`, { method: 'POST', body })
    const answer = (await response.json()) as { results: Awaited<ReturnType<D1['batch']>>; error?: string }
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer.results
  }

  let given = 0
  return {
    database: () => {
      const name = names[given++]
      if (name === undefined) throw new Error(`only ${count} databases were asked for`)
      return { prepare: (sql) => statement(sql, []), batch: (statements) => batch(name, statements) }
    },
    stop: () => workerd.dispose(),
  }
}
