import { seats } from '../http.ts'
import { page } from './html.ts'

/** The demo around the bank: the visitor's browser, the attacker's, and what Newel makes of both. */
export const stagePage = (name: string): string =>
  page({
    title: `${name}, and what happens behind it`,
    data: {},
    styles: ['/assets/base.css', '/assets/stage.css'],
    modules: ['/assets/stage.js'],
    content: `
<main class="windows" aria-label="Browsers">
  <section class="window" aria-labelledby="customer-title">
    <h2 id="customer-title">Your browser</h2>
    <iframe id="customer" title="The bank in your browser" src="${seats.customer.base}/" allow="publickey-credentials-get; publickey-credentials-create; clipboard-write"></iframe>
  </section>
  <section class="window attacker" id="attacker-window" aria-labelledby="attacker-title" hidden>
    <h2 id="attacker-title">The attacker’s laptop</h2>
    <button type="button" class="quiet" id="attacker-close">Close</button>
    <p>Sign in as Maya here: her password is known on this laptop. It has neither your browser’s device key nor your session, and cannot read her mail.</p>
    <div id="attacker-frame"></div>
  </section>
</main>
<aside aria-labelledby="panel-title">
  <header>
    <h1 id="panel-title">Behind the scenes</h1>
    <p>What Newel saw and decided. For this demo only: customers see none of it.</p>
    <button type="button" id="attack" class="primary" aria-expanded="false" aria-controls="attacker-window">Play the attacker</button>
  </header>
  <section aria-labelledby="mails-title">
    <h2 id="mails-title">Mails</h2>
    <p class="empty" id="no-mails">Codes and notices land here instead of leaving this machine.</p>
    <ol id="mails" aria-live="polite"></ol>
    <button type="button" class="quiet" id="earlier-mails" aria-expanded="false" aria-controls="mails" hidden>Show earlier mails</button>
  </section>
  <section aria-labelledby="learned-title">
    <h2 id="learned-title">Learned</h2>
    <div id="learned"></div>
  </section>
  <section aria-labelledby="decisions-title">
    <h2 id="decisions-title">Decisions</h2>
    <p class="hint">The level is the score weighed with what is at stake.</p>
    <p class="empty" id="no-decisions">Sign in, and the first decision appears.</p>
    <ol id="decisions" aria-live="polite"></ol>
  </section>
  <section aria-labelledby="observed-title">
    <h2 id="observed-title">Observed</h2>
    <p class="hint">Of your behaviour, in the latest envelope. No key, no character, no place on the page.</p>
    <div id="observed"></div>
  </section>
</aside>`,
  })
