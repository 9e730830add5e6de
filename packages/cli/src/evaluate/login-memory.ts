import type { Spill } from './logins/spill.ts'
import { features, levels, type History, type Learned, type ModelLogin, type Step } from './login-models.ts'

/** What the models beside ours learn: the same logins, kept once for all of them. */
export interface LoginMemory {
  /** Before it is learned; `undefined` where nothing of the subject was. */
  find(login: ModelLogin): Learned | undefined
  learn(login: ModelLogin): void
}

/** A value as a small integer in the order of first use, and how often it was shown. */
interface Value {
  readonly id: number
  readonly count: number
}
/** Values from the coarsest level down to one: how often they were shown together, and how many values were below. */
interface Path {
  readonly count: number
  readonly below: number
}

/** Of each of the three tables. */
const defaultRoomBytes = 24 << 20
const smallBytes = 40
const unseen: Value = { id: -1, count: 0 }
const untrodden: Path = { count: 0, below: 0 }
/** A row is how often its values were shown, and they: the many subjects with one or two logins cost little, and none is dropped. */
const stride = levels.length + 1

const chains: readonly (readonly number[])[] = features.map((feature) =>
  feature.map((level) => levels.indexOf(level)).reverse(),
)

function historyOf(rows: readonly number[]): History {
  let total = 0
  for (let at = 0; at < rows.length; at += stride) total += rows[at]!
  return {
    total,
    count(passes) {
      let count = 0
      for (let at = 0; at < rows.length; at += stride)
        if (passes((column) => rows[at + 1 + column]!)) count += rows[at]!
      return count
    },
    distinct(column, passes) {
      const seen = new Set<number>()
      for (let at = 0; at < rows.length; at += stride)
        if (passes((other) => rows[at + 1 + other]!)) seen.add(rows[at + 1 + column]!)
      return seen.size
    },
  }
}

function withRow(rows: readonly number[], values: readonly number[]): readonly number[] {
  for (let at = 0; at < rows.length; at += stride) {
    if (values.every((value, i) => rows[at + 1 + i] === value))
      return rows.map((each, i) => (i === at ? each + 1 : each))
  }
  return [...rows, 1, ...values]
}

export function createLoginMemory(spill: Spill, roomBytes = defaultRoomBytes): LoginMemory {
  const histories = spill.table<readonly number[]>({ roomBytes, bytesOf: (rows) => 8 * rows.length })
  const known = spill.table<Value>({ roomBytes, bytesOf: () => smallBytes })
  const paths = spill.table<Path>({ roomBytes, bytesOf: () => smallBytes })
  /** Different values of each level. */
  const distinct: number[] = levels.map(() => 0)
  let ids = 0
  let logins = 0
  let subjects = 0

  const keysOf = (login: ModelLogin): string[] =>
    levels.map((level, i) => `${i}:${String(login[level] ?? '')}`)
  const valueOf = (key: string): Value => known.get(key) ?? unseen
  const pathOf = (path: string): Path => paths.get(path) ?? untrodden

  return {
    find(login) {
      const rows = histories.get(login.subject)
      if (rows === undefined) return undefined
      const values = keysOf(login).map(valueOf)
      return {
        logins,
        subjects,
        own: historyOf(rows),
        values: values.map(({ id }) => id),
        counts: values.map(({ count }) => count),
        distinct,
        chains: chains.map((columns, feature) => {
          let path = String(feature)
          let coarser = pathOf(path)
          return columns.map((column): Step => {
            path += `/${values[column]!.id}`
            const { count: total, below } = coarser
            coarser = pathOf(path)
            return { column, total, distinct: below, count: coarser.count }
          })
        }),
      }
    },
    learn(login) {
      const values = keysOf(login).map((key, level) => {
        const { id, count } = valueOf(key)
        if (count === 0) distinct[level]! += 1
        const value = { id: count === 0 ? ids++ : id, count: count + 1 }
        known.set(key, value)
        return value.id
      })
      for (const [feature, columns] of chains.entries()) {
        let path = String(feature)
        let here = pathOf(path)
        for (const column of columns) {
          const next = `${path}/${values[column]!}`
          const there = pathOf(next)
          paths.set(path, { count: here.count + 1, below: here.below + (there.count === 0 ? 1 : 0) })
          path = next
          here = there
        }
        paths.set(path, { ...here, count: here.count + 1 })
      }
      const rows = histories.get(login.subject)
      if (rows === undefined) subjects += 1
      histories.set(login.subject, withRow(rows ?? [], values))
      logins += 1
    },
  }
}
