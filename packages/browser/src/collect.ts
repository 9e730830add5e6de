import type { Absence, Observation, pageSignals, PageSignalName, SignalValue } from '@newel/protocol'
import type { Behaviour } from './behaviour/index.ts'

/** What a collector may know beside what the page shows. */
export interface CollectContext {
  /** Whether the device key is gone with the page. */
  readonly ephemeral: boolean
  /** What was watched so far; absent where nothing is to be watched, or the watches could not be loaded. */
  readonly behaviour?: Behaviour | undefined
}

/** Gathers one signal. An expected lack is a value; what is thrown is contained and counts as a lack too. */
export interface Collector<N extends PageSignalName> {
  /** Name and version that it speaks; declared in the protocol. */
  readonly wire: `${N}@${(typeof pageSignals)[N]['version']}`
  collect(context: CollectContext): Observation<SignalValue<N>> | Promise<Observation<SignalValue<N>>>
}

export type Collectors = { readonly [N in PageSignalName]: Collector<N> }

/** By wire name. */
export type Observed = Readonly<Record<string, Observation<unknown>>>

const lack = (absent: Absence): { absent: Absence } => ({ absent })

/** Browsers refuse with a DOMException; any other error means that the browser lacks what was asked of it. */
const lackOf = (error: unknown): { absent: Absence } =>
  lack(error instanceof DOMException ? 'blocked' : 'unsupported')

/**
 * Runs all collectors whose signal the server wants, side by side. One that fails, or is not done after `deadlineMs`
 * (default 1000), is an absence; the others stand.
 */
export async function collect(
  collectors: readonly Collector<PageSignalName>[],
  wanted: readonly string[],
  context: CollectContext,
  deadlineMs = 1000,
): Promise<Observed> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<{ absent: Absence }>((resolve) => {
    timer = setTimeout(() => resolve(lack('timed_out')), deadlineMs)
  })
  const observe = async (collector: Collector<PageSignalName>): Promise<[string, Observation<unknown>]> => {
    const found = (async () => collector.collect(context))().catch(lackOf)
    return [collector.wire, await Promise.race([found, timeout])]
  }
  const entries = await Promise.all(collectors.filter(({ wire }) => wanted.includes(wire)).map(observe))
  clearTimeout(timer)
  return Object.fromEntries(entries)
}
