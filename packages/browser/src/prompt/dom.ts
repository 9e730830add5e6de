type Attributes = Readonly<Record<string, string>>

/** An element with attributes and children. Strings become text nodes: no markup is ever parsed. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

export function button(attributes: Attributes, label: string, onClick?: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, label)
  if (onClick) made.addEventListener('click', onClick)
  return made
}
