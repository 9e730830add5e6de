import { StoreError } from './errors.ts'

/**
 * Refuses text that the databases would not give back alike: Postgres has no U+0000, SQLite's tools end a text there, and a
 * surrogate without its pair has no UTF-8. The wire's schemas let neither through; this holds for whoever writes past them.
 */
export function assertStorable(value: string): void {
  if (value.includes('\0') || /\p{Surrogate}/u.test(value)) {
    throw new StoreError('unstorable_text', 'text with U+0000 or half a surrogate pair cannot be stored')
  }
}
