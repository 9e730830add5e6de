import { createCadence, type Cadence, type CadenceSample } from '../features/typing.ts'
import { fieldOf, lengthOf, type Field } from './fields.ts'
import { changeOf, keyOf, movesCaret } from './keys.ts'
import { listen } from './listen.ts'
import type { Watch } from './watch.ts'

const maxFields = 2
/** Who confirms with the last key still down lets go of it soon. */
const patienceMs = 250

/** Fields that the operator opted in, by name: how the text in each was typed. */
export function watchTyping(): Watch<'typing'> {
  const fields = new Map<string, Cadence>()
  /** What each field gave, until its content changes again; a page that clears its fields without an event changes nothing. */
  const given = new Map<string, CadenceSample>()
  let fresh = false
  let released: (() => void) | undefined

  const cadenceOf = (field: Field | undefined): Cadence | undefined => {
    if (field?.kind !== 'cadence') return undefined
    const { name } = field
    const known = fields.get(name)
    if (known !== undefined || fields.size === maxFields) return known
    const made = createCadence()
    fields.set(name, made)
    return made
  }
  const keep = (name: string, cadence: Cadence): void => {
    const sample = cadence.sample()
    if (typeof sample !== 'object' || given.has(name)) return
    given.set(name, sample)
    fresh = true
  }

  listen('keydown', (event) => {
    if (event.repeat || !event.isTrusted) return
    const field = fieldOf(event)
    const cadence = cadenceOf(field)
    if (cadence === undefined) return
    const key = keyOf(event)
    if (movesCaret(event)) cadence.moved()
    else cadence.down(key.id, event.timeStamp, key.class, key.soft)
  })
  listen('keyup', (event) => {
    // Wherever the focus went meanwhile: a key belongs to the field that it went down in.
    for (const [name, cadence] of fields) {
      cadence.up(event.code, event.timeStamp)
      keep(name, cadence)
    }
    released?.()
  })
  listen('pointerdown', (event) => cadenceOf(fieldOf(event))?.moved())
  listen('input', (event) => {
    const field = fieldOf(event)
    const cadence = cadenceOf(field)
    if (cadence === undefined || field?.kind !== 'cadence') return
    cadence.change(changeOf(event), lengthOf(field.element))
    given.delete(field.name)
    keep(field.name, cadence)
  })

  return {
    fresh: () => fresh,
    async collect() {
      if ([...fields.values()].some((cadence) => cadence.holds()))
        await new Promise<void>((resolve) => {
          released = resolve
          setTimeout(resolve, patienceMs)
        })
      if (given.size === 0) return { absent: 'idle' }
      fresh = false
      return { value: { fields: [...given].map(([field, sample]) => ({ field, ...sample })) } }
    },
    clear() {
      fields.clear()
      given.clear()
      fresh = false
    },
  }
}
