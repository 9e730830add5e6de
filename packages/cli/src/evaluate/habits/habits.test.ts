import { makeFreeTypists, makePointers, toNdjson } from '@newel/testkit'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { measureHabits } from './command.ts'
import { freeText, pointer, readSessions } from './sessions.ts'
import { bySubject, trials } from './trials.ts'

let folder: string
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'newel-habits-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const typists = [...makeFreeTypists({ seed: 3, subjects: 16, sessions: 8 })]
const pointers = [...makePointers({ seed: 3, subjects: 16, sessions: 8 })]

describe('made people', () => {
  it('are told apart better than by chance, by the features of the SDK and the score of the engine', () => {
    for (const [kind, rows] of [
      [freeText, typists],
      [pointer, pointers],
    ] as const) {
      const { sessions, silent } = readSessions(file(`${kind.name}.ndjson`, toNdjson(rows)), kind)
      expect([kind.name, sessions.length, silent]).toEqual([kind.name, 128, 0])
      for (const background of [false, true]) {
        const row = measureHabits('made', trials(bySubject(sessions), kind.dimensions, 4, background))
        expect(row.subjects).toBe(16)
        expect(row.eer.value).toBeLessThan(0.4)
        expect(row.pooledAuc.value).toBeGreaterThan(0.7)
        // Made people lie elsewhere than those that are shipped: none is calmed for it.
        expect(row.impostorCalm).toBeLessThan(1)
        expect(row.cllr).toBeLessThan(0.85)
      }
    }
  }, 30_000)
  it('come out the same from the same seed', () => {
    expect([...makePointers({ seed: 3, subjects: 2, sessions: 1 })]).toEqual(
      pointers.filter(({ subject, session }) => subject <= 'p002' && session === 1),
    )
  })
})

it('counts sessions that hold too little, and compares none of them', () => {
  const few = typists.slice(0, 2).map((row) => ({ ...row, presses: row.presses.slice(0, 20) }))
  expect(readSessions(file('few.ndjson', toNdjson(few)), freeText)).toMatchObject({ sessions: [], silent: 2 })
})

it('reads a file that begins with a byte order mark', () => {
  const marked = file('bom.ndjson', `\uFEFF${toNdjson(typists.slice(0, 2))}`)
  expect(readSessions(marked, freeText).sessions).toHaveLength(2)
})

it('needs people to compare with', () => {
  const alone = readSessions(file('one.ndjson', toNdjson(typists.slice(0, 8))), freeText)
  expect(() =>
    measureHabits('one', trials(bySubject(alone.sessions), freeText.dimensions, 4, false)),
  ).toThrow('Too few subjects')
})

it('says which line does not fit, and why', () => {
  for (const [line, message] of [
    ['{', 'line 1'],
    ['{"subject":"a","session":1,"presses":[[0,1,"KeyA"]]}', 'line 1'],
    ['{"subject":"a","session":1,"presses":[[-1,1,"left"]]}', 'line 1'],
    ['{"subject":"a","session":1}', 'line 1'],
  ] as const)
    expect(() => readSessions(file('bad.ndjson', line), freeText)).toThrow(message)
  expect(() => readSessions(join(folder, 'none.ndjson'), pointer)).toThrow('cannot be read')
})
