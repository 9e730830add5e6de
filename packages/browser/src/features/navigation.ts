import type { FieldChange } from './typing.ts'

/** How a field came by its content. `left`: it was entered and left as it was. */
export type FieldManner = 'left' | 'typed' | 'corrected' | 'pasted' | 'filled' | 'composed'

export interface PageStep {
  /** 16 bits that only say whether two pages are of one kind. */
  readonly kind: number
  readonly stay_ms: number
}
export interface FieldStep {
  /** 16 bits that only say whether two fields are the same. */
  readonly kind: number
  /** From entering the field to the first change; its stay where there was none. */
  readonly hesitation_ms: number
  readonly stay_ms: number
  readonly manner: FieldManner
}

/** The way through pages and fields, latest last. */
export interface NavigationSummary {
  readonly pages: PageStep[]
  readonly fields: FieldStep[]
  /** Fields entered again after another one. */
  readonly returns: number
  /** Times the page was hidden or lost the focus of the window. */
  readonly absences: number
  /** Bursts of three or more clicks on one spot within a second. */
  readonly flurries: number
}

const maxSteps = 12
const maxCount = 99
const maxMs = 3_600_000
const whole = (ms: number): number => Math.min(maxMs, Math.max(0, Math.round(ms)))

/** FNV-1a, folded to 16 bits and never 0. */
function kind16(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash ^ (hash >>> 16)) & 0xffff || 1
}

/** Kind of a page: its path, with every part that holds a digit or is long taken for an id and left out. */
export const pageKind = (path: string): number =>
  kind16(
    path
      .split('/')
      .slice(0, 12)
      .map((part) => (/\d/.test(part) || part.length > 24 ? '*' : part))
      .join('/'),
  )

/** Kind of a field: what the page calls it, never what is in it. */
export const fieldKind = (...names: readonly string[]): number =>
  kind16(names.map((name) => name.replace(/\d+/g, '').slice(0, 64)).join('|'))

export interface Journey {
  /** The page shown now is of this kind; the same again changes nothing. */
  page(kind: number, atMs: number): void
  /** A field that may be observed has the focus; `undefined`: none has. */
  focus(kind: number | undefined, atMs: number): void
  change(how: FieldChange, atMs: number): void
  /** The page was hidden, or its window left. */
  away(): void
  click(x: number, y: number, atMs: number): void
  summary(atMs: number): NavigationSummary
  clear(atMs: number): void
}

interface OpenField {
  readonly kind: number
  readonly sinceMs: number
  firstMs?: number
  manner: FieldManner
}

/** What weighs more stays: who pastes and then corrects has pasted. */
const weight: Readonly<Record<FieldManner, number>> = {
  left: 0,
  typed: 1,
  corrected: 2,
  composed: 3,
  filled: 4,
  pasted: 5,
}
const mannerOf: Readonly<Record<FieldChange, FieldManner>> = {
  typed: 'typed',
  deleted: 'corrected',
  other: 'corrected',
  composed: 'composed',
  filled: 'filled',
  pasted: 'pasted',
}

/** @param before pages of this visit that were seen before the document was loaded */
export function createJourney(before: readonly PageStep[] = []): Journey {
  let pages: PageStep[] = before.slice(-maxSteps)
  let current: { readonly kind: number; readonly sinceMs: number } | undefined
  let fields: FieldStep[] = []
  let open: OpenField | undefined
  let returns = 0
  let absences = 0
  let flurries = 0
  let clicks: { readonly x: number; readonly y: number; readonly atMs: number }[] = []

  const stepOf = ({ kind, sinceMs, firstMs, manner }: OpenField, atMs: number): FieldStep => ({
    kind,
    hesitation_ms: whole((firstMs ?? atMs) - sinceMs),
    stay_ms: whole(atMs - sinceMs),
    manner,
  })
  const close = (atMs: number): void => {
    if (open !== undefined) fields = [...fields, stepOf(open, atMs)].slice(-maxSteps)
    open = undefined
  }

  return {
    page(kind, atMs) {
      if (current?.kind === kind) return
      if (current !== undefined)
        pages = [...pages, { kind: current.kind, stay_ms: whole(atMs - current.sinceMs) }].slice(-maxSteps)
      current = { kind, sinceMs: atMs }
    },
    focus(kind, atMs) {
      if (open?.kind === kind) return
      const last = open?.kind ?? fields.at(-1)?.kind
      close(atMs)
      if (kind === undefined) return
      if (last !== kind && fields.some((field) => field.kind === kind))
        returns = Math.min(maxCount, returns + 1)
      open = { kind, sinceMs: atMs, manner: 'left' }
    },
    change(how, atMs) {
      if (open === undefined) return
      open.firstMs ??= atMs
      const manner = mannerOf[how]
      if (weight[manner] > weight[open.manner]) open.manner = manner
    },
    away() {
      absences = Math.min(maxCount, absences + 1)
    },
    click(x, y, atMs) {
      clicks = [
        ...clicks.filter((click) => atMs - click.atMs < 1000 && Math.hypot(click.x - x, click.y - y) < 16),
        { x, y, atMs },
      ].slice(-3)
      if (clicks.length < 3) return
      clicks = []
      flurries = Math.min(maxCount, flurries + 1)
    },
    summary: (atMs) => ({
      pages: [
        ...pages,
        ...(current === undefined ? [] : [{ kind: current.kind, stay_ms: whole(atMs - current.sinceMs) }]),
      ].slice(-maxSteps),
      fields: [...fields, ...(open === undefined ? [] : [stepOf(open, atMs)])].slice(-maxSteps),
      returns,
      absences,
      flurries,
    }),
    clear(atMs) {
      pages = []
      fields = []
      open = undefined
      if (current !== undefined) current = { kind: current.kind, sinceMs: atMs }
      returns = absences = flurries = 0
      clicks = []
    },
  }
}
