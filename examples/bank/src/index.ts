export { createApp, tenant, tryThis } from './app.ts'
export type { BankApp } from './app.ts'
export type { BankContext, BankOptions } from './context.ts'
