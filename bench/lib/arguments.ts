import { parseArgs } from 'node:util'

export const parts = ['assessments', 'engine', 'sizes'] as const
export type Part = (typeof parts)[number]
export const storeNames = ['sqlite', 'postgres'] as const
export type StoreName = (typeof storeNames)[number]

export interface Options {
  readonly parts: readonly Part[]
  readonly stores: readonly StoreName[]
  /** Stored assessments before a measurement. */
  readonly rows: readonly number[]
  /** Runs of floor and Newel, one after the other. */
  readonly pairs: number
  /** Requests in each run. */
  readonly requests: number
  readonly connections: number
  /** File for the result as JSON. */
  readonly json: string | undefined
  /** Folder for CPU profiles of both servers. */
  readonly profile: string | undefined
}

export const usage = `npm run bench [-- part … option …]

parts     ${parts.join(', ')}; default all
options   --store sqlite|postgres   default both; may be given twice
          --rows N                  stored assessments, default 1000 and 1000000; may be given twice
          --pairs N                 runs of floor and Newel in turn, default 7
          --requests N              in each run, default 4000
          --connections N           default 16
          --json FILE               the result as JSON
          --profile DIR             CPU profiles of floor and Newel`

const isOneOf = <T extends string>(known: readonly T[], name: string): name is T =>
  (known as readonly string[]).includes(name)

function chosen<T extends string>(known: readonly T[], names: readonly string[], what: string): readonly T[] {
  if (names.length === 0) return known
  return names.map((name) => {
    if (isOneOf(known, name)) return name
    throw new TypeError(`${what} "${name}" is none of ${known.join(', ')}`)
  })
}

function count(text: string, name: string, most: number): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0 && value <= most) return value
  throw new TypeError(`--${name} takes a whole number from 1 to ${most}`)
}

/** Throws a `TypeError` that says what is wrong. */
export function parseArguments(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      store: { type: 'string', multiple: true, default: [] },
      rows: { type: 'string', multiple: true, default: ['1000', '1000000'] },
      pairs: { type: 'string', default: '7' },
      requests: { type: 'string', default: '4000' },
      connections: { type: 'string', default: '16' },
      json: { type: 'string' },
      profile: { type: 'string' },
    },
  })
  return {
    parts: chosen(parts, positionals, 'part'),
    stores: chosen(storeNames, values.store, 'store'),
    rows: values.rows.map((rows) => count(rows, 'rows', 10_000_000)),
    pairs: count(values.pairs, 'pairs', 100),
    requests: count(values.requests, 'requests', 20_000),
    connections: count(values.connections, 'connections', 64),
    json: values.json,
    profile: values.profile,
  }
}
