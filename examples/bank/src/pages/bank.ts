import type { Seat } from '../http.ts'
import { people } from '../ledger/seed.ts'
import { escape, page } from './html.ts'

export interface BankPage {
  readonly seat: Seat
  readonly publishableKey: string
  /** Where Newel answers, as the page calls it. */
  readonly endpoint: string
  /** Where the bank's back end answers: a path, or an address of another origin. */
  readonly api: string
}

const mark = `<svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><path d="M4 21c6 1 9-1 11-5s5-7 11-7l2-3v5c0 9-7 15-15 15-4 0-7-2-9-5z"/><circle cx="23.5" cy="10.5" r="1.3"/></svg>`

const customers = people
  .map(
    ({ name, password }) =>
      `<li><button type="button" class="quiet" data-name="${escape(name)}" data-password="${escape(password)}"><strong>${escape(name)}</strong> <span>${escape(password)}</span></button></li>`,
  )
  .join('')

const signIn = `
<section id="sign-in" class="narrow" hidden aria-labelledby="sign-in-title">
  <h1 id="sign-in-title">Sign in</h1>
  <form class="card" novalidate>
    <label for="name">Name</label>
    <input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="64">
    <label for="password">Password</label>
    <input id="password" name="password" type="password" autocomplete="current-password" required maxlength="256" data-newel-cadence="password">
    <button type="submit" class="primary">Sign in</button>
    <p class="message" role="status"></p>
  </form>
  <div class="aside">
    <h2>Two customers to try</h2>
    <ul class="customers">${customers}</ul>
  </div>
</section>`

const account = `
<section id="account" hidden aria-labelledby="account-title">
  <div class="balance card">
    <h1 id="account-title">Current account</h1>
    <p class="amount" data-fill="balance"></p>
    <p class="muted" data-fill="holder"></p>
    <p class="muted iban" data-fill="iban"></p>
  </div>
  <div class="columns">
    <form id="transfer" class="card" novalidate>
      <h2>Transfer</h2>
      <label for="to">To</label>
      <input id="to" name="to" list="payees" autocomplete="off" required maxlength="64">
      <datalist id="payees"><option>Tom Lindqvist</option><option>Maya Okafor</option><option>Harbour Housing</option><option>Northfield Energy</option></datalist>
      <label for="amount">Amount in €</label>
      <input id="amount" name="amount" inputmode="decimal" autocomplete="off" required placeholder="12.50" aria-describedby="amount-hint">
      <p id="amount-hint" class="hint">From 1000.00 on it is a large transfer, which may take more to confirm.</p>
      <button type="submit" class="primary">Pay</button>
      <p class="message" role="status"></p>
    </form>
    <div class="card">
      <h2 id="bookings-title">Bookings</h2>
      <ul id="bookings" aria-labelledby="bookings-title"></ul>
    </div>
  </div>
</section>`

const settings = `
<section id="settings" hidden aria-labelledby="settings-title">
  <h1 id="settings-title">Settings</h1>
  <div class="columns">
    <div class="card" id="methods">
      <h2>How you confirm</h2>
      <p class="muted">Codes by mail go to <span data-fill="email"></span>. A passkey or an authenticator app is safer, and large transfers may need a passkey.</p>
      <ul id="authenticators" aria-label="Your passkeys and authenticator apps"></ul>
      <div class="buttons">
        <button type="button" class="primary" data-enroll="passkey">Add a passkey</button>
        <button type="button" data-enroll="totp">Add an authenticator app</button>
      </div>
      <p class="message" role="status"></p>
    </div>
    <form class="card" id="address-form" novalidate>
      <h2>Address</h2>
      <label for="address">Where letters go</label>
      <input id="address" name="address" autocomplete="street-address" required maxlength="200">
      <button type="submit">Save the address</button>
      <p class="message" role="status"></p>
    </form>
  </div>
</section>`

/** The bank's one page: it shows the view that the address and the session call for. */
export const bankPage = ({ seat, publishableKey, endpoint, api }: BankPage): string =>
  page({
    title: 'Larkfield Bank',
    data: { key: publishableKey, endpoint, api, base: seat.base },
    styles: ['/assets/base.css', '/assets/bank.css'],
    scripts: [...(seat.storage ? [] : ['/assets/no-storage.js']), '/sdk/newel.iife.js'],
    modules: ['/assets/bank.js'],
    content: `
<header class="top">
  <a class="brand" href="${seat.base}/">${mark}<span>Larkfield</span></a>
  <nav id="nav" aria-label="Bank" hidden>
    <a href="${seat.base}/">Account</a>
    <a href="${seat.base}/settings">Settings</a>
    <button type="button" id="sign-out" class="quiet">Sign out</button>
  </nav>
</header>
<main>
<noscript><p class="card">The bank needs JavaScript, as its protection does.</p></noscript>
${signIn}${account}${settings}
</main>
<footer><p>Larkfield is a demonstration, and its money is not real.</p></footer>`,
  })
