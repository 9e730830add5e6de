import type { Observed } from '@newel/browser'
import { element, get } from './dom.ts'
import { decisionCard } from './decision.ts'
import type { Decision } from './decision.ts'
import { learnedView } from './learned.ts'
import type { Learned } from './learned.ts'
import { mailCard } from './mail.ts'
import type { Mail } from './mail.ts'
import { observedView } from './observed.ts'

interface State {
  readonly decisions: readonly Decision[]
  readonly mails: readonly Mail[]
  readonly learned: Learned | null
}

/** Keeps the cards that stand, so that an open one stays open and a screen reader hears what is new alone. */
function update<T>(
  list: Element,
  items: readonly T[],
  idOf: (item: T) => string,
  cardOf: (item: T) => HTMLElement,
): void {
  const standing = new Map([...list.children].map((card) => [card.getAttribute('data-id'), card]))
  // Oldest first, so that the newest card is the last one made.
  const cards = [...items].reverse().map((item) => {
    const known = standing.get(idOf(item))
    if (known) return known
    const card = cardOf(item)
    card.dataset.id = idOf(item)
    return card
  })
  cards.reverse()
  if (cards.length !== standing.size || cards.some((card, at) => list.children[at] !== card)) {
    list.replaceChildren(...cards)
  }
}

const earlier = get('#earlier-mails')
let shown = ''

function render(state: State): void {
  const text = JSON.stringify(state)
  if (text === shown) return
  shown = text
  update(get('#decisions'), state.decisions, ({ id }) => id, decisionCard)
  update(get('#mails'), state.mails, ({ atMs, subject }) => `${atMs} ${subject}`, mailCard)
  get('#no-decisions').hidden = state.decisions.length > 0
  get('#no-mails').hidden = state.mails.length > 0
  earlier.hidden = state.mails.length < 2
  get('#learned').replaceChildren(learnedView(state.learned))
}

get('#observed').replaceChildren(observedView({}))
addEventListener('message', ({ data, origin, source }: MessageEvent<{ readonly observed?: Observed }>) => {
  const customer = get('#customer', document, HTMLIFrameElement).contentWindow
  if (origin === location.origin && source === customer)
    get('#observed').replaceChildren(observedView(data.observed ?? {}))
})

earlier.addEventListener('click', () => {
  const all = get('#mails').classList.toggle('all')
  earlier.textContent = all ? 'Show the latest alone' : 'Show earlier mails'
  earlier.ariaExpanded = String(all)
})

async function poll(): Promise<void> {
  try {
    const response = await fetch('/bank/demo/state')
    if (response.ok) render((await response.json()) as State)
  } catch {
    // The server restarts, perhaps; the next round asks again.
  }
}

const attack = get('#attack')
const attackerWindow = get('#attacker-window')

/** A new frame each time: the device key of the last attacker went with its page. */
function play(open: boolean): void {
  const frame = element('iframe', {
    title: 'The bank on the attacker’s laptop',
    src: '/attacker/',
    // The passkeys of this machine are the customer's too.
    allow: "publickey-credentials-get 'none'; publickey-credentials-create 'none'",
  })
  get('#attacker-frame').replaceChildren(...(open ? [frame] : []))
  attackerWindow.hidden = !open
  attack.ariaExpanded = String(open)
  if (open) attackerWindow.scrollIntoView({ block: 'nearest' })
}

attack.addEventListener('click', () => {
  play(true)
})
get('#attacker-close').addEventListener('click', () => {
  play(false)
  attack.focus()
})

await poll()
setInterval(() => {
  if (!document.hidden) void poll()
}, 1000)
