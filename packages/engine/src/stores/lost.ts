/** Refused as a whole, because another call came first: load and decide again. */
export interface Lost {
  readonly lost: true
}
export type Won<T = object> = T & { readonly lost: false }
