import { describe, expect, it } from 'vitest'
import { batchOf, queryOf } from './compose.ts'

const statement = (sql: string, values: readonly (string | number)[], more = {}) => ({
  sql,
  values,
  returns: false,
  guard: false,
  ...more,
})

describe('one statement out of many', () => {
  it('numbers the parameters of reads one after the other', () => {
    const ten = Array.from({ length: 10 }, (_, index) => `$${index + 1}`).join(', ')
    const text = queryOf([
      statement(`select ${ten}`, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
      statement('select $1, $2', ['a', 'b']),
    ])
    expect(text).toBe(
      `select array_to_json(array[(select coalesce(json_agg(t), '[]'::json) from (select ${ten}) t), ` +
        "(select coalesce(json_agg(t), '[]'::json) from (select $11, $12) t)]::json[]) as results",
    )
  })

  it('counts what a change touched, gives back what it returned, and refuses where a guard found nothing', () => {
    const text = batchOf(
      [
        statement('update a set b = $1', [1], { guard: true }),
        statement('delete from c where d = $1 returning *', [2], { returns: true }),
      ],
      'newel',
    )
    expect(text).toBe(
      'with s0 as (update a set b = $1 returning 1), ' +
        'g0 as (insert into "newel"."guards" (held) select null::bigint where not exists (select from s0)), ' +
        's1 as (delete from c where d = $2 returning *) ' +
        "select array_to_json(array[(select to_json(count(*)) from s0), (select coalesce(json_agg(t), '[]'::json) from s1 t)]::json[]) as results",
    )
  })
})
