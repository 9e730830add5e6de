import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createProgress } from '../evaluate/logins/progress.ts'
import { collect } from './collect.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'newel-collect-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const nowMs = Date.UTC(2026, 2, 3)
const good = { ts_ms: nowMs - 1000, subject: 'b', ip: '192.0.2.1', user_agent: 'x', success: true }
const lines: readonly unknown[] = [
  good,
  { ...good, subject: 'a', ts_ms: nowMs - 9000 },
  '{',
  { ...good, subject: 'me@mail.test' },
  { ...good, ip: 'home' },
  { ...good, ts_ms: nowMs + 600_000 },
  { ...good, success: false },
  { ...good, attacker: 'vpn' },
  { ...good, subject: 'a', ts_ms: nowMs - 8000, asn: 5 },
]
const written = (): string => {
  const file = join(folder, 'logins')
  writeFileSync(
    file,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  )
  return file
}
const silent = createProgress({ isTTY: false, write: () => true })

it('sorts good sign-ins by subject, and says of each bad line where and why', async () => {
  const rejects = join(folder, 'rejects')
  const collected = await collect(written(), { nowMs, rejects, progress: silent })
  try {
    expect(collected.tally).toEqual({ rows: 9, good: 3, failed: 1, attackers: 1, bad: 4 })
    expect(collected.badLines.map(({ line }) => line)).toEqual([3, 4, 5, 6])
    expect(collected.badLines.slice(1).map(({ problem }) => problem)).toEqual([
      'subject: an opaque id, not an address',
      'ip: no address',
      'ts_ms: in the future',
    ])
    expect(collected.subjects).toBe(2)
    const all = [...collected.each()]
    expect(all.map(({ subject, logins }) => [subject, logins.length])).toEqual([
      ['a', 2],
      ['b', 1],
    ])
    expect(all[0]?.logins[0]).toEqual({ atMs: nowMs - 8000, ip: '192.0.2.1', userAgent: 'x', asn: 5 })
  } finally {
    collected.close()
  }
  const kept = readFileSync(rejects, 'utf8').trim().split('\n')
  expect(kept).toHaveLength(4)
  expect(kept[0]).toBe('{')
})

it('gives the latest first, and no more than an import could keep', async () => {
  const file = join(folder, 'many')
  writeFileSync(
    file,
    Array.from({ length: 500 }, (_, i) => JSON.stringify({ ...good, ts_ms: nowMs - 60_000 * i })).join('\n'),
  )
  const collected = await collect(file, { nowMs, rejects: undefined, progress: silent })
  const [only] = [...collected.each()]
  collected.close()
  expect(only?.logins).toHaveLength(128)
  expect(only?.logins[0]?.atMs).toBe(nowMs)
})
