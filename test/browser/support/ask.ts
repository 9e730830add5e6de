import type * as Sdk from '@newel/browser'
import type { Page } from 'playwright-core'

declare global {
  interface Window {
    readonly Newel: typeof Sdk & { readonly client: Sdk.NewelClient }
  }
}

/** What became of a guarded request: its status, or the code of the SDK's error. */
export type Outcome =
  { readonly status: number } | { readonly code: string; readonly answered: number | undefined }

/** Sends a guarded request from the page, which may open a prompt; the outcome comes when all is over. */
export const ask = (page: Page, path: string): Promise<Outcome> =>
  page.evaluate(async (url) => {
    const { client, NewelError } = window.Newel
    try {
      return { status: (await client.fetch(url, { method: 'POST' })).status }
    } catch (error) {
      if (!(error instanceof NewelError)) throw error
      return { code: error.code, answered: error.response?.status }
    }
  }, path)

/** Enrols by the page. */
export const enroll = (page: Page, method: 'passkey' | 'totp'): Promise<string> =>
  page.evaluate(
    async (wanted) => (await window.Newel.client.enroll({ method: wanted, url: '/enroll' })).method,
    method,
  )
