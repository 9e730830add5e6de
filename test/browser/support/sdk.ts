import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../../packages/browser/dist/', import.meta.url))

/**
 * Folder with the built files of the browser SDK.
 * @throws Error that says how to build them
 */
export function sdkFolder(): string {
  if (existsSync(join(folder, 'newel.iife.js'))) return folder
  throw new Error(
    'The browser SDK is not built: run `npm run build -- browser`, or `npm test -- build browser`.',
  )
}
