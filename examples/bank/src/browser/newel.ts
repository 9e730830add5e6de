import type { createNewelClient } from '@newel/browser'

/** What the script tag of the SDK defines. */
declare const Newel: { readonly createNewelClient: typeof createNewelClient }

const { key = '', endpoint = '', api = '' } = document.body.dataset
const { origin } = new URL(api, location.href)

export const client = Newel.createNewelClient({
  key,
  endpoint,
  protect: origin === location.origin ? [] : [origin],
})

/** A call to the bank's back end. What it guards steps up by itself; the answer is the last one. */
export async function call(path: string, body?: unknown): Promise<Response> {
  const response = await client.fetch(`${api}${path}`, {
    credentials: 'include',
    ...(body !== undefined && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
  // The demo around the bank shows what was observed; a bank of its own has nobody to tell.
  if (parent !== window) parent.postMessage({ observed: client.explain() }, location.origin)
  return response
}

export const enroll = (method: 'passkey' | 'totp') =>
  client.enroll({
    method,
    url: `${api}/authenticators`,
    init: { credentials: 'include' },
    label: method === 'passkey' ? 'Passkey' : 'Authenticator app',
  })

const sentences: Readonly<Record<string, string>> = {
  cancelled: 'Not confirmed, so nothing happened.',
  expired: 'The time to confirm ran out. Try again.',
  locked: 'Too many wrong answers. Try again later.',
  rate_limited: 'Too many tries for now. Wait a little.',
  no_method: 'Your account has no way to confirm this. Add a passkey in the settings.',
  unsupported: 'This browser cannot confirm that.',
  denied: 'This was refused for your safety.',
  blocked: 'Something keeps this page from checking who you are: a content blocker, perhaps.',
  network: 'The check cannot be reached. Try again in a moment.',
  timeout: 'The check took too long. Try again in a moment.',
  unmet_authentication_requirements:
    'This needs a passkey, and your account has none. Add one in the settings.',
  newel_unavailable: 'This cannot be checked at the moment, so nothing happened. Try again shortly.',
  invalid_token: 'That confirmation does not serve any more. Try again.',
  signals_required: 'Something keeps this page from checking who you are: a content blocker, perhaps.',
}

/** What a refusal says to the customer: the bank's own sentence where it has one. */
export async function refusalOf(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => ({}))) as { code?: string; title?: string }
  return sentences[problem.code ?? ''] ?? problem.title ?? 'That did not work. Try again.'
}

/** The same for what the SDK throws. */
export function errorText(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  return sentences[code] ?? 'That did not work. Try again.'
}
