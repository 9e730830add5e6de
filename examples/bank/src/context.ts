import type { NewelServer } from '@newel/guard'

/** A decision as the demo panel shows it. */
export interface Decision {
  readonly id: string
  readonly atMs: number
  readonly action: string
  readonly subject: string | undefined
  readonly device: { readonly id: string; readonly ephemeral: boolean } | undefined
  readonly score: number
  readonly level: string
  readonly decision: 'allow' | 'challenge' | 'deny'
  readonly acr: string
  readonly reasons: readonly { readonly code: string; readonly text: string; readonly nats?: number }[]
}

/** What is known of a subject, as the demo panel shows it. */
export interface Learned {
  readonly state: string
  readonly grants: readonly {
    readonly device: string
    readonly method: string
    readonly acr: string
    readonly atMs: number
  }[]
}

/** What `newel dev` hands to an application, as far as the bank uses it. Newel itself the bank knows through the guard alone. */
export interface BankContext {
  readonly newel: NewelServer
  /** Public base of Newel, for the page. */
  readonly url: string
  /** Origin that the pages are opened at. */
  readonly origin: string
  readonly tenant: { readonly publishableKey: string; readonly secretKey: string }
  readonly sdkFolder: string
  readonly dataFolder: string
  /** The rest is for the demo panel. */
  readonly mailbox: {
    list(): readonly {
      readonly to: string
      readonly subject: string
      readonly text: string
      readonly atMs: number
    }[]
  }
  readonly decisions: (limit?: number) => Promise<readonly Decision[]>
  readonly learned: (subject: string) => Promise<Learned | undefined>
}

/** Where page and back end are not of one origin. */
export interface BankOptions {
  /** Origin of the back end as pages call it. Default: the page's own. */
  readonly backEnd?: string
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}
