import { element, get, showAmount, showDate } from './dom.ts'
import { accepted, during, onSubmit, say } from './form.ts'
import { call, client, enroll } from './newel.ts'

interface Account {
  readonly holder: string
  readonly iban: string
  readonly email: string
  readonly address: string
  readonly balance: string
  readonly bookings: readonly { readonly atMs: number; readonly party: string; readonly amount: string }[]
}

interface Authenticator {
  readonly id: string
  readonly method: 'passkey' | 'totp' | 'email'
  readonly label: string
  readonly createdAtMs: number
  readonly lastUsedAtMs?: number
}

const base = document.body.dataset.base ?? ''
const views = ['sign-in', 'account', 'settings'] as const
type View = (typeof views)[number]

/** Shows one view, and hands the focus to its heading when it replaces another. */
function show(view: View, moved: boolean): void {
  for (const name of views) get(`#${name}`).hidden = name !== view
  get('#nav').hidden = view === 'sign-in'
  for (const link of document.querySelectorAll<HTMLAnchorElement>('#nav a')) {
    if ((link.pathname === `${base}/settings`) === (view === 'settings')) link.ariaCurrent = 'page'
    else link.removeAttribute('aria-current')
  }
  if (!moved) return
  const heading = get(`#${view} h1`)
  heading.tabIndex = -1
  heading.focus()
}

function fill(account: Account): void {
  const texts = { ...account, balance: showAmount(account.balance) }
  for (const name of ['balance', 'holder', 'iban', 'email'] as const) {
    for (const place of document.querySelectorAll(`[data-fill=${name}]`)) place.textContent = texts[name]
  }
  get('#address', document, HTMLInputElement).value = account.address
  get('#bookings').replaceChildren(
    ...account.bookings.map(({ atMs, party, amount }) =>
      element(
        'li',
        {},
        element('span', { class: 'muted' }, showDate(atMs)),
        element('span', {}, party),
        element('span', { class: amount.startsWith('-') ? 'out' : 'in' }, showAmount(amount)),
      ),
    ),
  )
}

const names = { passkey: 'Passkey', totp: 'Authenticator app', email: 'Mail address' } as const

async function fillAuthenticators(): Promise<void> {
  const card = get('#methods')
  const response = await call('/authenticators')
  if (!(await accepted(card, response))) return
  const { authenticators } = (await response.json()) as { authenticators: readonly Authenticator[] }
  const own = authenticators.filter(({ method }) => method !== 'email')
  get('#authenticators').replaceChildren(
    ...own.map(({ id, method, label, createdAtMs, lastUsedAtMs }) => {
      const name = label || names[method]
      const remove = element(
        'button',
        { type: 'button', class: 'quiet', 'aria-label': `Remove ${name}` },
        'Remove',
      )
      remove.addEventListener('click', () => {
        void during(card, async () => {
          if (!(await accepted(card, await call(`/authenticators/${id}/remove`, {})))) return
          await fillAuthenticators()
          say(card, `${name} is removed.`, 'good')
        })
      })
      const used = lastUsedAtMs === undefined ? 'not used yet' : `last used ${showDate(lastUsedAtMs)}`
      const about = element('span', { class: 'muted' }, `added ${showDate(createdAtMs)}, ${used}`)
      return element('li', {}, element('span', {}, element('strong', {}, name), about), remove)
    }),
  )
}

/** Shows what the session allows; without one, the sign-in. */
async function refresh(moved: boolean): Promise<void> {
  const response = await call('/account')
  if (response.status === 401) {
    show('sign-in', moved)
    return
  }
  fill((await response.json()) as Account)
  const settings = location.pathname === `${base}/settings`
  show(settings ? 'settings' : 'account', moved)
  if (settings) await fillAuthenticators()
}

const signIn = get('#sign-in form', document, HTMLFormElement)
onSubmit(signIn, async (values) => {
  if (!(await accepted(signIn, await call('/sign-in', values)))) return
  signIn.reset()
  await refresh(true)
})

for (const button of document.querySelectorAll<HTMLButtonElement>('.customers button')) {
  button.addEventListener('click', () => {
    get('#name', document, HTMLInputElement).value = button.dataset.name ?? ''
    get('#password', document, HTMLInputElement).value = button.dataset.password ?? ''
    get('button[type=submit]', signIn).focus()
  })
}

get('#sign-out').addEventListener('click', () => {
  void (async () => {
    await call('/sign-out', {})
    client.reset()
    history.replaceState(null, '', `${base}/`)
    await refresh(true)
  })()
})

const transfer = get('#transfer', document, HTMLFormElement)
onSubmit(transfer, async (values) => {
  const response = await call('/transfers', values)
  if (!(await accepted(transfer, response))) return
  const { paid, to } = (await response.json()) as { paid: string; to: string }
  transfer.reset()
  await refresh(false)
  say(transfer, `${showAmount(paid)} is on its way to ${to}.`, 'good')
})

const address = get('#address-form', document, HTMLFormElement)
onSubmit(address, async (values) => {
  if (await accepted(address, await call('/address', values))) say(address, 'Saved.', 'good')
})

const methods = get('#methods')
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-enroll]')) {
  button.addEventListener('click', () => {
    void during(methods, async () => {
      const method = button.dataset.enroll === 'totp' ? 'totp' : 'passkey'
      await enroll(method)
      // The list first: what is said to be there is there to be seen.
      await fillAuthenticators()
      say(methods, `${names[method]} is added.`, 'good')
    })
  })
}

await refresh(false)
// The page has settled: what is observed is on its way before the first guarded request needs it.
await client.signals().catch(() => undefined)
