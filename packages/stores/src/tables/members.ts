export interface Tenanted {
  readonly tenant: string
}

/** Optional members as members that may be `undefined`: a table has all its columns. */
export type Optionals<T> = { readonly [K in keyof T]-?: undefined extends T[K] ? T[K] | undefined : T[K] }
