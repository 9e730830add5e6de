import type { Observation, PageSignalName, SignalValue } from '@newel/protocol'

/** Follows what a person does, in bounded memory, until it is asked what that was. */
export interface Watch<N extends PageSignalName> {
  /** Whether there is something that was not collected yet and should not wait for the next occasion. */
  fresh(): boolean
  collect(): Observation<SignalValue<N>> | Promise<Observation<SignalValue<N>>>
  /** Forgets everything: at sign-out, what was observed must not stand for who comes next. */
  clear(): void
}
