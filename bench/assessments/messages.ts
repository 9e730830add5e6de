import type { Connection } from './database.ts'

export type Kind = 'floor' | 'newel'

/** First message to a server of the run: what to serve, on which database. */
export interface Start {
  readonly kind: Kind
  readonly connection: Connection
}

/** What a server is asked while nothing else is on its way. */
export type Question = 'usage' | 'tick' | 'stop'

/** Since the start of the process. */
export interface Usage {
  readonly cpuMs: number
  readonly reads: number
  readonly writes: number
  readonly statements: number
}
