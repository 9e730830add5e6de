import { createNewelClient, type NewelClient } from './client.ts'
import { NewelError } from './errors.ts'

/** The global of the script tag. */
export interface NewelGlobal {
  readonly createNewelClient: typeof createNewelClient
  readonly NewelError: typeof NewelError
  /** The client that `data-key` and `data-endpoint` of the script tag describe. */
  readonly client: NewelClient | undefined
  /** Runs what a page wants done: at once, or, queued before this script arrived, in order. */
  push(...calls: readonly ((newel: NewelGlobal) => void)[]): void
}

declare global {
  var newel: NewelGlobal | ((newel: NewelGlobal) => void)[] | undefined
}

/** `document.currentScript` is only there while the script itself runs. */
const { key, endpoint, protect } = (document.currentScript as HTMLScriptElement | null)?.dataset ?? {}

const client =
  key === undefined || endpoint === undefined
    ? undefined
    : createNewelClient({ key, endpoint, protect: protect?.split(/\s+/).filter(Boolean) ?? [] })

const api: NewelGlobal = Object.freeze({
  createNewelClient,
  NewelError,
  client,
  push: (...calls) => calls.forEach((call) => call(api)),
} satisfies NewelGlobal)

const waiting = globalThis.newel
globalThis.newel = api
if (Array.isArray(waiting)) api.push(...waiting)
