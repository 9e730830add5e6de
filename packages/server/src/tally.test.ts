import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTally, type Tally } from './tally.ts'

interface Written {
  readonly tenant: string
  readonly keys: readonly string[]
  readonly nowMs: number
}

let written: Written[]
let failure: Error | undefined
let tally: Tally

beforeEach(() => {
  vi.useFakeTimers()
  written = []
  failure = undefined
  tally = createTally(async (tenant, marks, nowMs) => {
    if (failure !== undefined) throw failure
    const keys = marks.map(({ key, adds }) => (adds === 1 ? key : `${key} x${adds}`))
    written.push({ tenant, keys, nowMs })
  })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('what is counted', () => {
  it('is seen at once, and written together after a second', async () => {
    const seen = tally.add('bank', 'actions:maya', 5)
    expect(tally.add('bank', 'actions:kofi', 6)).toBe(undefined)
    expect(tally.add('bank', 'actions:maya', 7)).toBe(undefined)
    expect(tally.waiting('bank', 'actions:maya')).toBe(2)
    await vi.advanceTimersByTimeAsync(999)
    expect(written).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    await seen
    expect(written).toEqual([{ tenant: 'bank', keys: ['actions:maya x2', 'actions:kofi'], nowMs: 5 }])
    expect(tally.waiting('bank', 'actions:maya')).toBe(0)
  })

  it('waits by tenant', async () => {
    const all = [tally.add('bank', 'actions:maya', 5), tally.add('shop', 'actions:maya', 5)]
    expect(tally.waiting('shop', 'actions:maya')).toBe(1)
    expect(tally.waiting('other', 'actions:maya')).toBe(0)
    await tally.flush()
    for (const each of all) await each
    expect(written.map(({ tenant }) => tenant).sort()).toEqual(['bank', 'shop'])
  })

  it('is written at once by a flush, which waits for what is being written already', async () => {
    void tally.add('bank', 'actions:maya', 5)
    vi.advanceTimersByTime(1000)
    void tally.add('bank', 'actions:kofi', 1005)
    await tally.flush()
    expect(written.flatMap(({ keys }) => keys)).toEqual(['actions:maya', 'actions:kofi'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is written before a later second begins, whatever the timers do', async () => {
    void tally.add('bank', 'actions:maya', 5)
    expect(tally.add('bank', 'actions:maya', 1005)).toBeInstanceOf(Promise)
    expect(tally.waiting('bank', 'actions:maya')).toBe(1)
    await tally.flush()
    expect(written.map(({ nowMs }) => nowMs)).toEqual([5, 1005])
  })

  it('is written at once where too many keys wait', async () => {
    for (let index = 0; index < 1024; index += 1) void tally.add('bank', `actions:${index}`, 5)
    expect(tally.add('bank', 'actions:0', 5)).toBe(undefined)
    expect(tally.add('bank', 'actions:1024', 5)).toBeInstanceOf(Promise)
    expect(tally.waiting('bank', 'actions:0')).toBe(0)
    await tally.flush()
    expect(written.map(({ keys }) => keys.length)).toEqual([1024, 1])
  })

  it('of somebody who was erased is not written', async () => {
    void tally.add('bank', 'actions:maya', 5)
    void tally.add('bank', 'actions:kofi', 5)
    tally.forget('bank', 'actions:maya')
    expect(tally.waiting('bank', 'actions:maya')).toBe(0)
    await tally.flush()
    expect(written.map(({ keys }) => keys)).toEqual([['actions:kofi']])
  })

  it('and cannot be written is told to whoever began to wait, not to who flushes', async () => {
    const seen = tally.add('bank', 'actions:maya', 5)
    const told = expect(seen).rejects.toThrow('disk full')
    failure = new Error('disk full')
    await tally.flush()
    await told
    failure = undefined
    await tally.flush()
    expect(written).toEqual([])
  })
})
