import * as v from 'valibot'

/**
 * One signal, declared once. Wire name is `name@version`: a change of meaning is a new version, so that old SDKs and old
 * profiles are never compared with what they did not mean.
 */
export interface SignalDeclaration<
  Name extends string,
  Schema extends v.GenericSchema,
  Version extends number = number,
> {
  readonly name: Name
  /** A literal in the type, so that a collector which still speaks an older one does not compile. */
  readonly version: Version
  /** Who says it: the page (claimed, so it can calm only within bounds) or the server about the connection. */
  readonly source: 'page' | 'connection'
  readonly schema: Schema
  /** Unit or form of the value, for people. */
  readonly unit: string
  /** Why it is collected, as the privacy notice may quote it. */
  readonly purpose: string
  /** How long the raw value is kept, in days. */
  readonly retentionDays: number
}

export const defineSignal = <
  const Name extends string,
  Schema extends v.GenericSchema,
  const Version extends number,
>(
  declaration: SignalDeclaration<Name, Schema, Version>,
): SignalDeclaration<Name, Schema, Version> => declaration

/**
 * Why a page could not give a signal. Absence is a value and carries its cause. `idle`: the person has not done what the
 * signal observes.
 */
export const absence = v.picklist(['unsupported', 'blocked', 'timed_out', 'declined', 'idle'])
export type Absence = v.InferOutput<typeof absence>

export type Observation<T> = { readonly value: T } | { readonly absent: Absence }

/** Short text without control characters. */
export const text = (max: number) =>
  v.pipe(v.string(), v.maxLength(max), v.regex(/^[^\p{Cc}]*$/u, 'control characters are not allowed'))
