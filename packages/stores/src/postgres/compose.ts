import type { Statement } from '../sql/statement.ts'
import type { Value } from '../columns.ts'

export interface Text {
  readonly text: string
  readonly values: readonly Value[]
}

/** Statements in a row, the parameters of each numbered after those of the ones before. */
function numbered(statements: readonly Statement[]): { texts: readonly string[]; values: readonly Value[] } {
  const values: Value[] = []
  const texts = statements.map((statement) => {
    const before = values.length
    values.push(...statement.values)
    return statement.sql.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + before}`)
  })
  return { texts, values }
}

const rowsOf = (from: string) => `(select coalesce(json_agg(t), '[]'::json) from ${from} t)`

/** All selects in one: a row with the rows of each as JSON, read from one snapshot. */
export function queryOf(selects: readonly Statement[]): Text {
  const { texts, values } = numbered(selects)
  return {
    text: `select ${texts.map((sql, index) => `${rowsOf(`(${sql})`)} as r${index}`).join(', ')}`,
    values,
  }
}

/**
 * All changes in one statement, so that one round trip is one transaction. They see the state before it and not each
 * other, so no two of a batch may touch the same row. A guard that finds nothing violates a constraint, which takes all back.
 */
export function batchOf(statements: readonly Statement[], schema: string): Text {
  const { texts, values } = numbered(statements)
  const parts: string[] = []
  const results: string[] = []
  for (const [index, { returns, guard }] of statements.entries()) {
    parts.push(`s${index} as (${texts[index]!}${returns ? '' : ' returning 1'})`)
    if (guard) {
      parts.push(
        `g${index} as (insert into "${schema}"."guards" (held) select null::bigint where not exists (select from s${index}))`,
      )
    }
    results.push(`${returns ? rowsOf(`s${index}`) : `(select count(*) from s${index})`} as r${index}`)
  }
  return { text: `with ${parts.join(', ')} select ${results.join(', ')}`, values }
}
