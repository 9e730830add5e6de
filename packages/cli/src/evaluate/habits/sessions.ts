import { createStrokes, freeTextSummary, pressClasses } from '@newel/browser/features'
import {
  behaviourFacts,
  freeTextDimensions,
  habitBytes,
  pointerDimensions,
  type Dimension,
} from '@newel/engine'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { Failure, messageOf } from '../../failure.ts'

/** One session as the engine keeps it, or nothing where the features are too few. */
export interface HabitSession {
  readonly subject: string
  readonly session: number
  /** What is never compared with another: the kind of pointer, the class of the timer. */
  readonly context: string
  readonly bytes: readonly number[]
}
export interface HabitData {
  readonly sessions: readonly HabitSession[]
  /** Sessions with too little in them. */
  readonly silent: number
  readonly sha256: string
}

/** How a kind of raw events becomes what the engine compares. */
export interface HabitKind {
  readonly name: 'free-text' | 'pointer'
  readonly dimensions: readonly Dimension[]
  /** @throws Failure where the line does not fit */
  read(line: unknown, at: string): HabitSession | undefined
}

const named = {
  subject: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  session: v.pipe(v.number(), v.integer(), v.minValue(0)),
}
const ms = v.pipe(v.number(), v.finite(), v.minValue(0))
const maxEvents = 100_000

function parse<S extends v.GenericSchema>(schema: S, line: unknown, at: string): v.InferOutput<S> {
  const result = v.safeParse(schema, line)
  if (!result.success)
    throw new Failure(`The data do not fit the format: ${at}: ${v.summarize(result.issues)}`)
  return result.output
}

const freeTextLine = v.object({
  ...named,
  presses: v.pipe(
    v.array(v.strictTuple([ms, v.nullable(ms), v.picklist(pressClasses)])),
    v.maxLength(maxEvents),
  ),
})

export const freeText: HabitKind = {
  name: 'free-text',
  dimensions: freeTextDimensions,
  read(line, at) {
    const { subject, session, presses } = parse(freeTextLine, line, at)
    const summary = freeTextSummary(
      presses.map(([downMs, upMs, kind]) => ({ downMs, class: kind, ...(upMs !== null && { upMs }) })),
    )
    const facts = summary && behaviourFacts({ freeText: summary }, '')?.freeText
    return (
      facts && {
        subject,
        session,
        context: facts.resolutionUs > 4000 ? 'coarse' : 'fine',
        bytes: habitBytes(facts.values, freeTextDimensions),
      }
    )
  },
}

const pointerLine = v.object({
  ...named,
  pointer: v.picklist(['mouse', 'touch', 'pen']),
  events: v.pipe(
    v.array(
      v.strictTuple([
        ms,
        v.pipe(v.number(), v.finite()),
        v.pipe(v.number(), v.finite()),
        v.picklist(['move', 'down', 'up']),
      ]),
    ),
    v.maxLength(maxEvents),
  ),
})

export const pointer: HabitKind = {
  name: 'pointer',
  dimensions: pointerDimensions,
  read(line, at) {
    const { subject, session, pointer: kind, events } = parse(pointerLine, line, at)
    const strokes = createStrokes()
    for (const [atMs, x, y, what] of events) strokes.add({ atMs, x, y, kind: what, pointer: kind })
    const summary = strokes.summary()
    const facts = summary && behaviourFacts({ pointer: summary }, '')?.pointer
    return (
      facts && {
        subject,
        session,
        context: facts.pointer,
        bytes: habitBytes(facts.values, pointerDimensions),
      }
    )
  },
}

/**
 * Reads NDJSON of raw events as `docs/evaluate.md` has it, and makes of each session what the SDK would send and the engine
 * keep.
 *
 * @throws Failure where the file cannot be read, or a line does not fit
 */
export function readSessions(file: string, kind: HabitKind): HabitData {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    throw new Failure(`The data cannot be read: ${messageOf(error)}`)
  }
  const sessions: HabitSession[] = []
  let silent = 0
  for (const [index, row] of new TextDecoder().decode(bytes).split('\n').entries()) {
    if (row.trim() === '') continue
    const at = `line ${index + 1}`
    let line: unknown
    try {
      line = JSON.parse(row)
    } catch (error) {
      throw new Failure(`The data are not NDJSON: ${at}: ${messageOf(error)}`)
    }
    const found = kind.read(line, at)
    if (found === undefined) silent += 1
    else sessions.push(found)
  }
  return { sessions, silent, sha256: createHash('sha256').update(bytes).digest('hex') }
}
