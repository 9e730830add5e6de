import { spawn } from 'node:child_process'
import { createHash, type Hash } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))
/** The program and its modules need about half of it; with less, the collector takes most of the time. */
const heapMib = 128

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'newel-large-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Written {
  readonly file: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

/** Each row names an account and a client that no other row has, in four thousand letters: whoever keeps rows runs out of memory. */
const rows = 45_000
const clientOf = (row: number): string => `client ${row} `.padEnd(4000, `${row} `)
const subjectOf = (row: number): string => `account-${String(row).padStart(12, '0')}`
/** One in fifty is the sign-in of one of 300 owners: most rows cost little. */
const isGood = (row: number): boolean => row % 50 === 0
const timeOf = (row: number): number => Date.UTC(2026, 0, 1) + row * 600_000

const ndjson = (row: number): string =>
  JSON.stringify({
    ts_ms: timeOf(row),
    subject: isGood(row) ? subjectOf((row / 50) % 300) : subjectOf(row + 1000),
    ip: `192.0.2.${row % 250}`,
    user_agent: clientOf(row),
    success: isGood(row),
  })
const header =
  'index,Login Timestamp,User ID,Round-Trip Time [ms],IP Address,Country,Region,City,ASN,User Agent String,' +
  'Browser Name and Version,OS Name and Version,Device Type,Login Successful,Is Attack IP,Is Account Takeover'
function csv(row: number): string {
  const { subject, ip, user_agent, success } = JSON.parse(ndjson(row)) as Record<string, unknown>
  const time = new Date(timeOf(row)).toISOString().replace('T', ' ').replace('Z', '')
  return [row, time, subject, '', ip, 'NO,-,-,64500', user_agent, ',,', success, 'False,False'].join(',')
}

/** Lines from 0, the last without a line break. */
function write(name: string, lineOf: (line: number) => string, lines: number): Written {
  const file = join(folder, name)
  const hash: Hash = createHash('sha256')
  const descriptor = openSync(file, 'w')
  for (let from = 0; from < lines; from += 500) {
    const count = Math.min(500, lines - from)
    const block = Array.from({ length: count }, (_, i) => lineOf(from + i)).join('\n')
    const text = from + count < lines ? `${block}\n` : block
    hash.update(text)
    writeSync(descriptor, text)
  }
  closeSync(descriptor)
  return { file, rows, bytes: statSync(file).size, sha256: hash.digest('hex') }
}

const evaluate = (file: string): Promise<{ code: number | null; out: string; err: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [
      '--conditions=newel-source',
      '--disable-warning=ExperimentalWarning',
      `--max-old-space-size=${heapMib}`,
      main,
      'evaluate',
      'logins',
      '--data',
      file,
    ])
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.on('close', (code) => {
      resolve({ code, out, err })
    })
  })

describe('a file larger than memory', () => {
  it.each([
    ['NDJSON', () => write('large.ndjson', ndjson, rows)],
    ['CSV', () => write('large.csv', (line) => (line === 0 ? header : csv(line - 1)), rows + 1)],
  ])('is read to its last line, which no line break ends, and every row counts: %s', async (_, make) => {
    const { file, bytes, sha256 } = make()
    expect(bytes).toBeGreaterThan(1.25 * heapMib * 2 ** 20)
    const { code, out, err } = await evaluate(file)
    // Nobody watches a terminal, so there is no bar.
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain(`${rows} rows of ${rows - rows / 50 + 300} subjects`)
    expect(out).toContain(`SHA-256 ${sha256}`)
  })
  it('that is broken in its middle names the line, and what is wrong there', async () => {
    const broken = 600
    const { file } = write(
      'broken.ndjson',
      (line) => ndjson(line).slice(0, line === broken ? 99 : undefined),
      1200,
    )
    const { code, out, err } = await evaluate(file)
    expect(code).toBe(1)
    expect(out).toBe('')
    expect(err).toMatch(new RegExp(`broken.ndjson, line ${broken + 1}: .*JSON`))
  })
})
