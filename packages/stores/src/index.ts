export { StoreError, type StoreErrorCode } from './errors.ts'
export { memoryStore } from './memory.ts'
