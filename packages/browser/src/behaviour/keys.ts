import { pressClassOf, type PressClass } from '../features/presses.ts'
import type { FieldChange } from '../features/typing.ts'

/** What the browser says of one key event, without the key. */
export interface Key {
  /** Names the key while it is held, so that its release finds its press. Never kept. */
  readonly id: string
  readonly class: PressClass
  /** The keyboard does not tell its keys (UI Events, section 5.3: `code` is empty, or `key` is "Unidentified"): most on screens. */
  readonly soft: boolean
}

export function keyOf(event: KeyboardEvent): Key {
  const { code, key } = event
  const soft = code === '' || key === 'Unidentified'
  const shortcut = (event.ctrlKey || event.metaKey) && !event.getModifierState('AltGraph')
  const givesText = key === 'Unidentified' || (key.length === 1 && !shortcut)
  return { id: code, class: pressClassOf(code, givesText), soft }
}

/** Keys that put the caret elsewhere. */
export const movesCaret = ({ key }: KeyboardEvent): boolean =>
  /^(?:Arrow(?:Left|Right|Up|Down)|Home|End|PageUp|PageDown)$/.test(key)

/** How content came in (Input Events, section 5.1.2). What has no type was put there by a program: autofill, a password manager. */
export function changeOf(event: Event): FieldChange {
  const type = event instanceof InputEvent ? event.inputType : ''
  if (type === 'insertText') return (event as InputEvent).isComposing ? 'composed' : 'typed'
  if (type.includes('Composition')) return 'composed'
  if (type.startsWith('delete')) return 'deleted'
  if (type === 'insertFromPaste' || type === 'insertFromDrop') return 'pasted'
  return type === '' || type === 'insertReplacementText' ? 'filled' : 'other'
}
