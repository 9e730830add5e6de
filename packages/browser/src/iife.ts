// The entry of the script tag: the build hands these exports to the page as one frozen global.
import { createNewelClient, type NewelClient } from './client.ts'

export { createNewelClient } from './client.ts'
export { NewelError } from './errors.ts'

/** Only there while the script itself runs. */
const { key, endpoint, protect = '' } = (document.currentScript as HTMLScriptElement | null)?.dataset ?? {}

/**
 * The client that the script tag describes by `data-key` and `data-endpoint`; `data-protect` lists further origins, separated
 * by spaces. `undefined` for a tag without them, whose page makes its own.
 */
export const client: NewelClient | undefined =
  key === undefined && endpoint === undefined
    ? undefined
    : createNewelClient({
        key: key ?? '',
        endpoint: endpoint ?? '',
        protect: protect.split(/\s+/).filter((origin) => origin !== ''),
      })
