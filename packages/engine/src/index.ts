export type * from './facts.ts'
export type * from './stores/store.ts'
