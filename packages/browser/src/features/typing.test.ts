import { expect, it } from 'vitest'
import { createCadence, type Cadence } from './typing.ts'

/** Types keys one after the other: 80 ms each, one every 150 ms. Returns when the last one is let go. */
function type(cadence: Cadence, count: number, startMs = 1000, before = 0): number {
  for (let i = 0; i < count; i++) {
    const atMs = startMs + i * 150
    cadence.down(`key${i}`, atMs, 'left')
    cadence.change('typed', before + i + 1)
    cadence.up(`key${i}`, atMs + 80)
  }
  return startMs + count * 150
}

it('gives how long each key was held and how they followed each other', () => {
  const cadence = createCadence()
  type(cadence, 4)
  expect(cadence.sample()).toEqual({
    input: 'keys',
    resolution_us: 10_000,
    hold_ms: [80, 80, 80, 80],
    down_down_ms: [150, 150, 150],
  })
})

it('takes keys that overlap as they went down', () => {
  const cadence = createCadence()
  cadence.down('a', 0, 'left')
  cadence.change('typed', 1)
  cadence.down('b', 90, 'right')
  cadence.change('typed', 2)
  cadence.up('a', 121)
  cadence.up('b', 200.4)
  type(cadence, 2, 300, 2)
  expect(cadence.sample()).toMatchObject({ hold_ms: [121, 110, 80, 80], down_down_ms: [90, 210, 150] })
})

it('has nothing to say of an empty field, and of a text whose last key is still down', () => {
  const cadence = createCadence()
  expect(cadence.sample()).toBeUndefined()
  const atMs = type(cadence, 5)
  cadence.down('a', atMs, 'left')
  cadence.change('typed', 6)
  expect([cadence.sample(), cadence.holds()]).toEqual([undefined, true])
  cadence.up('a', atMs + 60)
  expect(cadence.sample()).toMatchObject({ hold_ms: [80, 80, 80, 80, 80, 60] })
})

it('leaves out keys without characters', () => {
  const cadence = createCadence()
  cadence.down('ShiftLeft', 0, 'other')
  type(cadence, 4)
  cadence.down('Enter', 2000, 'other')
  expect(cadence.sample()).toMatchObject({ hold_ms: [80, 80, 80, 80] })
})

it('tells a keyboard on a screen, which names no key, from one with keys', () => {
  const cadence = createCadence()
  for (let i = 0; i < 4; i++) {
    cadence.down('', i * 200, 'mark', true)
    cadence.change('typed', i + 1)
    cadence.up('', i * 200 + 1)
  }
  expect(cadence.sample()).toMatchObject({ input: 'screen', hold_ms: [1, 1, 1, 1] })
  cadence.change('deleted', 0)
  type(cadence, 4, 5000)
  expect(cadence.sample()).toMatchObject({ input: 'keys' })
})

it('says how a text came in that was not typed straight through', () => {
  const after = (happens: (cadence: Cadence) => void) => {
    const cadence = createCadence()
    happens(cadence)
    return cadence.sample()
  }
  const afterTyping = (count: number, happens: (cadence: Cadence) => void) =>
    after((cadence) => {
      type(cadence, count)
      happens(cadence)
    })
  const nothing = (): void => undefined
  expect({
    pasted: after((cadence) => cadence.change('pasted', 12)),
    filled: after((cadence) => cadence.change('filled', 12)),
    'typed by a program': after((cadence) => cadence.change('typed', 12)),
    composed: after((cadence) => cadence.change('composed', 1)),
    deleted: afterTyping(5, (cadence) => cadence.change('deleted', 4)),
    moved: afterTyping(5, (cadence) => cadence.moved()),
    'typed over a part': afterTyping(5, (cadence) => cadence.change('typed', 2)),
    'pasted after typing': afterTyping(5, (cadence) => cadence.change('pasted', 9)),
    'content that no event explained': after((cadence) => void type(cadence, 4, 0, 5)),
    short: afterTyping(3, nothing),
    long: afterTyping(41, nothing),
  }).toEqual({
    pasted: 'pasted',
    filled: 'filled',
    'typed by a program': 'filled',
    composed: 'composed',
    deleted: 'corrected',
    moved: 'corrected',
    'typed over a part': 'corrected',
    'pasted after typing': 'pasted',
    'content that no event explained': 'corrected',
    short: 'short',
    long: 'long',
  })
})

it('starts again once the field is empty, or all of it was typed over', () => {
  const cadence = createCadence()
  type(cadence, 4)
  cadence.change('deleted', 3)
  cadence.change('deleted', 0)
  expect(cadence.sample()).toBeUndefined()
  type(cadence, 5)
  expect(cadence.sample()).toMatchObject({ down_down_ms: [150, 150, 150, 150] })
  cadence.change('pasted', 8)
  type(cadence, 6, 9000)
  expect(cadence.sample()).toMatchObject({ hold_ms: [80, 80, 80, 80, 80, 80] })
})

it('bounds what a clock gone wrong would give', () => {
  const cadence = createCadence()
  type(cadence, 4)
  cadence.down('b', 9e12, 'left')
  cadence.change('typed', 5)
  cadence.up('b', 0)
  expect(cadence.sample()).toMatchObject({
    hold_ms: [80, 80, 80, 80, 0],
    down_down_ms: [150, 150, 150, 60_000],
  })
})

it('forgets everything when it is told to', () => {
  const cadence = createCadence()
  type(cadence, 5)
  cadence.clear()
  expect(cadence.sample()).toBeUndefined()
})
