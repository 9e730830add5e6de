/** A successful sign-in as the models of the bench read it. What is not known is left out and counts as a value of its own. */
export interface ModelLogin {
  readonly subject: string
  readonly ip: string
  readonly asn?: number | undefined
  /** ISO 3166-1 alpha-2. */
  readonly country?: string | undefined
  readonly userAgent: string
  /** Browser and version as one text, such as `Chrome 140`; system likewise. */
  readonly browser?: string | undefined
  readonly os?: string | undefined
  readonly deviceType?: string | undefined
}

/** A model that is trained as it is asked: logins in order of time, each asked about before it is learned. */
export interface LoginModel {
  /** The higher, the less it looks like the subject; `undefined` before the subject's first login was learned. */
  score(login: ModelLogin): number | undefined
  learn(login: ModelLogin): void
}

/** The two features and their hierarchies, finest first. */
export const features = [
  ['ip', 'asn', 'country'],
  ['userAgent', 'browser', 'os', 'deviceType'],
] as const satisfies readonly (readonly (keyof ModelLogin)[])[]

export type Level = (typeof features)[number][number]
export const levels: readonly Level[] = features.flat()

/** Values as small integers in the order of first use: a login is seven of them. */
export function createInterner(): (value: string) => number {
  const known = new Map<string, number>()
  return (value) => {
    const id = known.get(value)
    if (id !== undefined) return id
    known.set(value, known.size)
    return known.size - 1
  }
}

/**
 * What each subject showed: rows of a count and its values, so that the many subjects with one or two logins cost little and
 * no login is dropped.
 */
export interface Histories {
  /** Logins of a subject; 0 for one that is not known. */
  total(subject: string): number
  /** Logins of a subject whose row passes. */
  count(subject: string, passes: (value: (column: number) => number) => boolean): number
  /** Different values in a column among the rows that pass. */
  distinct(subject: string, column: number, passes: (value: (column: number) => number) => boolean): number
  add(subject: string, values: readonly number[]): void
}

export function createHistories(width: number): Histories {
  const stride = width + 1
  const bySubject = new Map<string, number[]>()
  const rowsOf = (subject: string): readonly number[] => bySubject.get(subject) ?? []
  return {
    total(subject) {
      const rows = rowsOf(subject)
      let total = 0
      for (let at = 0; at < rows.length; at += stride) total += rows[at]!
      return total
    },
    count(subject, passes) {
      const rows = rowsOf(subject)
      let count = 0
      for (let at = 0; at < rows.length; at += stride)
        if (passes((column) => rows[at + 1 + column]!)) count += rows[at]!
      return count
    },
    distinct(subject, column, passes) {
      const rows = rowsOf(subject)
      const seen = new Set<number>()
      for (let at = 0; at < rows.length; at += stride) {
        if (passes((other) => rows[at + 1 + other]!)) seen.add(rows[at + 1 + column]!)
      }
      return seen.size
    },
    add(subject, values) {
      const rows = bySubject.get(subject)
      if (rows === undefined) {
        bySubject.set(subject, [1, ...values])
        return
      }
      for (let at = 0; at < rows.length; at += stride) {
        if (values.every((value, i) => rows[at + 1 + i] === value)) {
          rows[at]! += 1
          return
        }
      }
      rows.push(1, ...values)
    },
  }
}
