import { createJourney, fieldKind, pageKind, type PageStep } from '../features/navigation.ts'
import { fieldOf, type Field } from './fields.ts'
import { changeOf } from './keys.ts'
import { listen } from './listen.ts'
import type { Watch } from './watch.ts'

/** The pages before this one, for the way goes on after a page is loaded anew. */
const storageKey = 'newel.pages'
const maxPages = 12
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

interface Kept {
  readonly visit: string
  readonly pages: readonly PageStep[]
}

/** Whatever the storage holds is input. */
function readKept(): Kept | undefined {
  try {
    const [visit, ...rest] = JSON.parse(sessionStorage.getItem(storageKey) ?? '') as unknown[]
    if (typeof visit !== 'string' || !rest.every(isWhole)) return undefined
    const pages = Array.from({ length: Math.min(maxPages, rest.length >> 1) }, (_, i) => ({
      kind: Math.min(65_535, Math.max(1, rest[2 * i]!)),
      stay_ms: Math.min(3_600_000, rest[2 * i + 1]!),
    }))
    return { visit, pages }
  } catch {
    return undefined
  }
}

function writeKept(visit: string, pages: readonly PageStep[]): void {
  try {
    const numbers = pages.flatMap(({ kind, stay_ms }) => [kind, stay_ms])
    sessionStorage.setItem(storageKey, JSON.stringify([visit, ...numbers]))
  } catch {
    // Storage can be forbidden or full: then the way begins with each page.
  }
}

/** What the page calls a field; nothing of what is in it. */
function kindOf(field: Field | undefined): number | undefined {
  if (field === undefined) return undefined
  const { element } = field
  const { type = '', name = '' } = element as Partial<HTMLInputElement>
  return fieldKind(type, name === '' ? element.id : name)
}

/** Order and pace of pages and fields. Fields that may not be observed are no part of it. */
export function watchNavigation(visit: () => string): Watch<'navigation'> {
  const kept = readKept()
  const journey = createJourney(kept !== undefined && kept.visit === visit() ? kept.pages : [])
  const now = (): number => performance.now()
  let entered: number | undefined

  /** Pages change without an event in many applications; asking is cheap, and touches nothing of the page's own. */
  const look = (atMs: number): void => journey.page(pageKind(location.pathname), atMs)
  const enter = (field: Field | undefined, atMs: number): void => {
    entered = kindOf(field)
    journey.focus(entered, atMs)
  }

  look(now())
  listen('focusin', (event) => {
    look(event.timeStamp)
    enter(fieldOf(event), event.timeStamp)
  })
  listen('focusout', (event) => enter(undefined, event.timeStamp))
  listen('input', (event) => {
    const field = fieldOf(event)
    if (field === undefined) return
    if (kindOf(field) !== entered) enter(field, event.timeStamp)
    journey.change(changeOf(event), event.timeStamp)
  })
  listen('click', (event) => {
    look(event.timeStamp)
    // What the keyboard or an assistive tool activates has no place.
    if (event.isTrusted && event.detail > 0) journey.click(event.clientX, event.clientY, event.timeStamp)
  })
  listen('popstate', (event) => look(event.timeStamp), window)
  listen('blur', () => journey.away(), window)
  listen('pagehide', () => writeKept(visit(), journey.summary(now()).pages), window)

  return {
    fresh: () => false,
    collect() {
      look(now())
      return { value: journey.summary(now()) }
    },
    clear() {
      journey.clear(now())
      writeKept('', [])
    },
  }
}
