type Child = Node | string
type Attributes = Readonly<Record<string, string>>

/** One element. Content is text or nodes, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

type Kind<T> = abstract new (...values: never) => T

/** The one element that a selector names. */
export function get(selector: string, root?: ParentNode): HTMLElement
export function get<T extends Element>(selector: string, root: ParentNode | undefined, kind: Kind<T>): T
export function get(
  selector: string,
  root: ParentNode = document,
  kind: Kind<Element> = HTMLElement,
): Element {
  const found = root.querySelector(selector)
  if (!(found instanceof kind)) throw new Error(`no ${selector} on this page`)
  return found
}

const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', hourCycle: 'h23' })
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
export const showTime = (ms: number): string => time.format(ms)
export const showDate = (ms: number): string => date.format(ms)

/** "1234.50" as "€1,234.50". No number is made of it: the digits are the bank's. */
export function showAmount(amount: string): string {
  const [, sign = '', whole = '', cents = ''] = /^(-?)(\d+)(\.\d\d)$/.exec(amount) ?? []
  return `${sign && '−'}€${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${cents}`
}
