import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSpill, type Spill } from './spill.ts'

let spill: Spill
beforeEach(() => {
  spill = createSpill()
})
afterEach(() => spill.close())

/** Values that say when they were written to the file, or read from it. */
function counting(roomBytes: number) {
  const moved = { packed: 0, unpacked: 0 }
  const table = spill.table<number>({
    roomBytes,
    bytesOf: () => 100,
    pack: (value) => {
      moved.packed += 1
      return [String(value), null]
    },
    unpack: ([text]) => {
      moved.unpacked += 1
      return Number(text)
    },
  })
  return { moved, table }
}

describe('a table that is larger than its room', () => {
  it('forgets nothing, and the last that was set counts', () => {
    const { table } = counting(4000)
    for (let round = 0; round < 3; round += 1)
      for (let i = 0; i < 500; i += 1) table.set(`k${i}`, 1000 * round + i)
    for (let i = 0; i < 500; i += 1) expect(table.get(`k${i}`)).toBe(2000 + i)
    expect(table.get('k500')).toBeUndefined()
  })
  it('holds no more than its room: the rest is in the file', () => {
    const { table, moved } = counting(4000)
    for (let i = 0; i < 500; i += 1) table.set(`k${i}`, i)
    // An entry is counted with 200 bytes and more.
    expect(moved.packed).toBeGreaterThanOrEqual(500 - 20)
    expect(moved.unpacked).toBe(0)
  })
  it('keeps what is asked for all the time out of the file', () => {
    const { table, moved } = counting(4000)
    table.set('busy', -1)
    for (let i = 0; i < 500; i += 1) {
      table.set(`k${i}`, i)
      expect(table.get('busy')).toBe(-1)
    }
    expect(moved.unpacked).toBe(0)
  })
  it('counts an entry once, however often it is set', () => {
    const { table, moved } = counting(4000)
    for (let i = 0; i < 500; i += 1) table.set(`k${i % 5}`, i)
    expect(moved.packed).toBe(0)
  })
  it('writes nothing while all of it fits', () => {
    const { table, moved } = counting(1_000_000)
    for (let i = 0; i < 500; i += 1) table.set(`k${i}`, i)
    expect(moved.packed).toBe(0)
  })
  it('is apart from the others of the same file', () => {
    const [a, b] = [counting(400).table, counting(400).table]
    for (let i = 0; i < 50; i += 1) {
      a.set(`k${i}`, i)
      b.set(`k${i}`, -i)
    }
    expect([a.get('k3'), b.get('k3')]).toEqual([3, -3])
  })
})
