import type { Emit } from '../events.ts'
import type { Transport } from '../transport.ts'
import type { Texts } from './texts.ts'

/** What a prompt gets from the client that opens it. */
export interface PromptContext {
  readonly transport: Transport
  readonly emit: Emit
  readonly texts: () => Partial<Texts> | Promise<Partial<Texts>>
  /** Each of them closes the prompt, which then ends with its reason. */
  readonly signals: readonly AbortSignal[]
}
