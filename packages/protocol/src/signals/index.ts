import * as v from 'valibot'
import { automation } from './automation.ts'
import { client } from './client.ts'
import { address, arrival, userAgent } from './connection.ts'
import { absence, type Observation } from './define.ts'
import { deviceKey } from './device-key.ts'
import { fingerprint } from './fingerprint.ts'
import { freeText } from './free-text.ts'
import { language } from './language.ts'
import { navigation } from './navigation.ts'
import { pageTiming } from './page-timing.ts'
import { pointer } from './pointer.ts'
import { screen } from './screen.ts'
import { timezone } from './timezone.ts'
import { typing } from './typing.ts'

/** Signals that a page may send. The only list: the compiler names what else a new one needs. */
export const pageSignals = {
  'device-key': deviceKey,
  fingerprint,
  client,
  language,
  timezone,
  screen,
  'page-timing': pageTiming,
  typing,
  'free-text': freeText,
  pointer,
  navigation,
  automation,
} as const

/** Signals that the server takes from the connection which carries an envelope. */
export const connectionSignals = { address, 'user-agent': userAgent, arrival } as const

export const signals = { ...pageSignals, ...connectionSignals } as const

export type PageSignalName = keyof typeof pageSignals
export type SignalName = keyof typeof signals
export type SignalValue<N extends SignalName> = v.InferOutput<(typeof signals)[N]['schema']>
/** What was observed, by name: a value, a stated absence, or nothing where the page did not say. */
export type Observations = { readonly [N in SignalName]?: Observation<SignalValue<N>> }

/** Wire name of a signal, such as `screen@1`. */
export const wireName = (name: SignalName): string => `${name}@${signals[name].version}`

const byWireName = new Map<string, PageSignalName>(
  (Object.keys(pageSignals) as PageSignalName[]).map((signal) => [wireName(signal), signal]),
)

/** An unknown signal or version is dropped and counted, never refused and never evidence (design, section 3). */
export interface ParsedObservations {
  readonly observations: Observations
  readonly dropped: number
}

export type ObservationsResult =
  | { readonly ok: true; readonly parsed: ParsedObservations }
  | { readonly ok: false; readonly signal: string; readonly issue: string }

/**
 * Reads the `observations` of an envelope. A known signal whose value does not fit its schema, extra members included,
 * fails the whole: nothing of it is to be stored.
 */
export function parseObservations(input: Readonly<Record<string, unknown>>): ObservationsResult {
  const observations: { -readonly [N in SignalName]?: Observation<unknown> } = {}
  let dropped = 0
  for (const [key, entry] of Object.entries(input)) {
    const name = byWireName.get(key)
    if (name === undefined) {
      dropped += 1
      continue
    }
    const schema = v.union([
      v.strictObject({ value: pageSignals[name].schema }),
      v.strictObject({ absent: absence }),
    ])
    const result = v.safeParse(schema, entry)
    if (!result.success) return { ok: false, signal: key, issue: v.summarize(result.issues) }
    observations[name] = result.output
  }
  return { ok: true, parsed: { observations: observations as Observations, dropped } }
}
