export { defaultPolicy } from '@newel/engine'
export type { Policy } from '@newel/protocol'
export { fromCloudflare } from './cloudflare.ts'
export { createNewel } from './create-newel.ts'
export {
  importedLogins,
  importedLoginsPerDay,
  openLoginImport,
  type LoginImport,
  type PastLogin,
} from './import.ts'
export { opensKeys, rotateKeys } from './keys.ts'
export { limitRanges, type LimitRange } from './limits.ts'
export type * from './options.ts'
export { policyJsonSchema } from './policy-schema.ts'
