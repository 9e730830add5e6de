import { writeFileSync } from 'node:fs'
import { Failure, messageOf } from '../failure.ts'
import type { Estimate } from './metrics/interval.ts'

/** Flags that every evaluation has. */
export const evaluationArgs = {
  data: {
    type: 'string',
    description: 'The data to measure on; formats: docs/evaluate.md',
    valueHint: 'file',
  },
  json: { type: 'string', description: 'Writes every figure into this file as well', valueHint: 'file' },
} as const

export function requireData(file: string | undefined): string {
  if (file === undefined)
    throw new Failure('--data FILE says what to measure on.', ['docs/evaluate.md has the formats.'])
  return file
}

export function writeJson(file: string | undefined, result: unknown): void {
  if (file === undefined) return
  try {
    writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
  } catch (error) {
    throw new Failure(`The figures cannot be written: ${messageOf(error)}`)
  }
}

/** `0.0962 [0.0781, 0.1151]` */
export const sayEstimate = ({ value, low, high }: Estimate, digits = 4): string =>
  `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`

/** Rows in columns of equal width, the first of them left, the others right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)))
  return all
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
