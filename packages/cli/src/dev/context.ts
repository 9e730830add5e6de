import type { Policy } from '@newel/protocol'
import type { Connection } from '@newel/server'
import type { Decision, Learned } from './insight.ts'
import type { Mailbox } from './mailbox.ts'

/** What an application module under `newel dev` is given. For development only: it holds what production never hands out. */
export interface DevContext {
  /** Newel in this very process. */
  readonly newel: { fetch(request: Request, connection?: Connection): Promise<Response> }
  /** Public base of Newel, such as `http://localhost:3000/newel`. */
  readonly url: string
  /** Origin of the pages, such as `http://localhost:3000`. */
  readonly origin: string
  readonly tenant: { readonly id: string; readonly publishableKey: string; readonly secretKey: string }
  /** Mails that would have left. */
  readonly mailbox: Mailbox
  /** Latest decisions, newest first, 50 at most. */
  decisions(limit?: number): Promise<readonly Decision[]>
  /** What is known of a subject by now. */
  learned(subject: string): Promise<Learned | undefined>
  /** Folder with the built files of the browser SDK, `newel.iife.js` among them. */
  readonly sdkFolder: string
  /** Folder for what the application keeps between two starts. */
  readonly dataFolder: string
}

/** What `newel dev --app <module>` loads. */
export interface AppModule {
  /** How the application is declared to Newel. */
  readonly tenant: {
    readonly name: string
    readonly policy?: Policy
    /** Hours until a new authenticator counts in full. Default 0 here, so that what is enrolled serves at once. */
    readonly holdHours?: number
    /** Origins of pages besides the one that `newel dev` opens. */
    readonly origins?: readonly string[]
  }
  /** What to try, a few short lines for the terminal. */
  readonly tryThis?: readonly string[]
  createApp(context: DevContext): App | Promise<App>
}

export interface App {
  fetch(request: Request, connection: Connection): Response | Promise<Response>
  /** Called once, when nothing more arrives. */
  close?(): void | Promise<void>
}
