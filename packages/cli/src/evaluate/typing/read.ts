import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { Failure, messageOf } from '../../failure.ts'
import { bySubject, type TypingSample, type TypingSubject } from './sample.ts'

export interface TypingData {
  readonly subjects: readonly TypingSubject[]
  readonly sha256: string
}

/** The clock of the CMU set was accurate to 0.2 ms; what is not said is taken as the finest that browsers give. */
const cmuResolutionMs = 0.2
const defaultResolutionMs = 1

const duration = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(3_600_000))
const line = v.pipe(
  v.object({
    subject: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
    session: v.pipe(v.number(), v.integer(), v.minValue(0)),
    repetition: v.pipe(v.number(), v.integer(), v.minValue(1)),
    hold_ms: v.pipe(v.array(duration), v.minLength(2), v.maxLength(256)),
    down_down_ms: v.array(duration),
    resolution_ms: v.optional(v.pipe(v.number(), v.minValue(0.001), v.maxValue(1000))),
  }),
  v.check(
    ({ hold_ms, down_down_ms }) => down_down_ms.length === hold_ms.length - 1,
    'down_down_ms has one value less than hold_ms',
  ),
)

function readNdjson(text: string): TypingSample[] {
  return text.split('\n').flatMap((row, index) => {
    if (row.trim() === '') return []
    const at = `line ${index + 1}`
    let parsed: unknown
    try {
      parsed = JSON.parse(row)
    } catch (error) {
      throw new Failure(`The data are not NDJSON: ${at}: ${messageOf(error)}`)
    }
    const result = v.safeParse(line, parsed)
    if (!result.success)
      throw new Failure(`The data do not fit the format: ${at}: ${v.summarize(result.issues)}`)
    const { subject, session, repetition, hold_ms, down_down_ms, resolution_ms } = result.output
    return [
      {
        subject,
        session,
        repetition,
        holdMs: hold_ms,
        downDownMs: down_down_ms,
        resolutionMs: resolution_ms ?? defaultResolutionMs,
      },
    ]
  })
}

/** Columns of the CMU benchmark: `H.*` and `DD.*` in seconds; `UD.*` follow from them and are passed over. */
function readCmu(text: string): TypingSample[] {
  const [head = '', ...rows] = text.split(/\r?\n/)
  const columns = head.split(',')
  const holds = columns.flatMap((name, i) => (name.startsWith('H.') ? [i] : []))
  const downs = columns.flatMap((name, i) => (name.startsWith('DD.') ? [i] : []))
  if (holds.length < 2 || downs.length !== holds.length - 1)
    throw new Failure('The CSV has no columns H.* and DD.* as the CMU benchmark has them.')
  const counts = new Map<string, number>()
  return rows.flatMap((row, index) => {
    if (row === '') return []
    const cells = row.split(',')
    const milliseconds = (column: number): number => {
      const seconds = Number(cells[column] ?? NaN)
      if (!Number.isFinite(seconds))
        throw new Failure(`The CSV has no number in line ${index + 2}, column ${column + 1}.`)
      return seconds * 1000
    }
    const subject = cells[0]!
    const repetition = (counts.get(subject) ?? 0) + 1
    counts.set(subject, repetition)
    return [
      {
        subject,
        session: Number(cells[1]),
        repetition,
        holdMs: holds.map(milliseconds),
        downDownMs: downs.map(milliseconds),
        resolutionMs: cmuResolutionMs,
      },
    ]
  })
}

/**
 * Reads the CMU benchmark's CSV, or NDJSON as `docs/evaluate.md` has it.
 *
 * @throws Failure where the file cannot be read, or a line does not fit
 */
export function readTyping(file: string): TypingData {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    throw new Failure(`The data cannot be read: ${messageOf(error)}`)
  }
  const text = new TextDecoder().decode(bytes)
  const samples = text.startsWith('subject,') ? readCmu(text) : readNdjson(text)
  return { subjects: bySubject(samples), sha256: createHash('sha256').update(bytes).digest('hex') }
}
