import type { Statement } from '../sql/statement.ts'

/** Statements in a row, the parameters of each numbered after those of the ones before. */
function numbered(statements: readonly Statement[]): readonly string[] {
  let before = 0
  return statements.map(({ sql, values }) => {
    const start = before
    before += values.length
    return sql.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + start}`)
  })
}

const rowsOf = (from: string) => `(select coalesce(json_agg(t), '[]'::json) from ${from} t)`

/** One column costs less than many, here and on the way; a list that is built by a function could hold a hundred at most. */
const listOf = (values: readonly string[]): string =>
  `array_to_json(array[${values.join(', ')}]::json[]) as results`

/** All selects in one: a list of the rows of each as JSON, read from one snapshot. */
export const queryOf = (selects: readonly Statement[]): string =>
  `select ${listOf(numbered(selects).map((sql) => rowsOf(`(${sql})`)))}`

/**
 * All changes in one statement, so that one round trip is one transaction. They see the state before it and not each
 * other, so no two of a batch may touch the same row. A guard that finds nothing violates a constraint, which takes all back.
 */
export function batchOf(statements: readonly Statement[], schema: string): string {
  const texts = numbered(statements)
  const parts: string[] = []
  const results: string[] = []
  for (const [index, { returns, guard }] of statements.entries()) {
    parts.push(`s${index} as (${texts[index]!}${returns ? '' : ' returning 1'})`)
    if (guard) {
      parts.push(
        `g${index} as (insert into "${schema}"."guards" (held) select null::bigint where not exists (select from s${index}))`,
      )
    }
    results.push(returns ? rowsOf(`s${index}`) : `(select to_json(count(*)) from s${index})`)
  }
  return `with ${parts.join(', ')} select ${listOf(results)}`
}
