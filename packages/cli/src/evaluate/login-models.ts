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

/** The two features and their hierarchies, finest first. */
export const features = [
  ['ip', 'asn', 'country'],
  ['userAgent', 'browser', 'os', 'deviceType'],
] as const satisfies readonly (readonly (keyof ModelLogin)[])[]

export type Level = (typeof features)[number][number]
export const levels: readonly Level[] = features.flat()

/** Logins of one subject that were learned. */
export interface History {
  readonly total: number
  /** Logins that pass; a column is the number of a level. */
  count(passes: (value: (column: number) => number) => boolean): number
  /** Different values in a column among the logins that pass. */
  distinct(column: number, passes: (value: (column: number) => number) => boolean): number
}

/** One level of a feature given the coarser ones, among everybody's logins. */
export interface Step {
  /** Number of the level. */
  readonly column: number
  /** Logins that share the values of all coarser levels, and of them those that share this one as well. */
  readonly total: number
  readonly count: number
  /** Different values of this level among the first. */
  readonly distinct: number
}

/** What was learned before a login, as far as it bears on it. */
export interface Learned {
  readonly logins: number
  readonly subjects: number
  readonly own: History
  /** By level, what the login shows: values as numbers; one that nobody showed equals none. */
  readonly values: readonly number[]
  /** By level, everybody's logins that showed it. */
  readonly counts: readonly number[]
  /** By level, different values that everybody showed. */
  readonly distinct: readonly number[]
  /** By feature, coarsest level first. */
  readonly chains: readonly (readonly Step[])[]
}
