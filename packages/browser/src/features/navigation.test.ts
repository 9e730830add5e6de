import { expect, it } from 'vitest'
import { createJourney, fieldKind, pageKind } from './navigation.ts'
import type { FieldChange } from './typing.ts'

it('keeps the order of pages with the time on each', () => {
  const journey = createJourney([{ kind: 7, stay_ms: 500 }])
  journey.page(1, 0)
  journey.page(1, 400)
  journey.page(2, 1000)
  expect(journey.summary(1500).pages).toEqual([
    { kind: 7, stay_ms: 500 },
    { kind: 1, stay_ms: 1000 },
    { kind: 2, stay_ms: 500 },
  ])
})

it('keeps the order of fields, hesitation, stay, and how each came by its content', () => {
  const journey = createJourney()
  journey.focus(1, 0)
  journey.change('typed', 700)
  journey.change('deleted', 900)
  journey.focus(2, 2000)
  journey.change('pasted', 2100)
  journey.change('typed', 2200)
  journey.focus(1, 3000)
  journey.focus(undefined, 3600)
  expect(journey.summary(4000)).toMatchObject({
    fields: [
      { kind: 1, hesitation_ms: 700, stay_ms: 2000, manner: 'corrected' },
      { kind: 2, hesitation_ms: 100, stay_ms: 1000, manner: 'pasted' },
      { kind: 1, hesitation_ms: 600, stay_ms: 600, manner: 'left' },
    ],
    returns: 1,
  })
})

it('counts bursts of clicks on one spot, and looks elsewhere', () => {
  const journey = createJourney()
  for (const atMs of [0, 200, 400]) journey.click(10, 10, atMs)
  for (const atMs of [5000, 9000, 13_000]) journey.click(10, 10, atMs)
  for (const x of [100, 200, 300]) journey.click(x, 10, 20_000 + x)
  journey.away()
  expect(journey.summary(30_000)).toMatchObject({ flurries: 1, absences: 1 })
})

it('draws the lines of a burst of clicks', () => {
  const bursts = (...clicks: readonly (readonly [x: number, atMs: number])[]): number => {
    const journey = createJourney()
    for (const [x, atMs] of clicks) journey.click(x, 0, atMs)
    return journey.summary(0).flurries
  }
  expect(bursts([0, 0], [0, 500], [0, 999])).toBe(1)
  expect(bursts([0, 0], [0, 500], [0, 1000])).toBe(0)
  expect(bursts([0, 0], [8, 10], [15, 20])).toBe(1)
  expect(bursts([0, 0], [8, 10], [16, 20])).toBe(0)
  expect(bursts([0, 0], [0, 1], [0, 2], [0, 3], [0, 4])).toBe(1)
})

it('says of a field what weighs most, in whatever order it came', () => {
  const manner = (...changes: FieldChange[]) => {
    const journey = createJourney()
    journey.focus(1, 0)
    for (const how of changes) journey.change(how, 1)
    return journey.summary(2).fields[0]?.manner
  }
  expect(manner()).toBe('left')
  const rising = ['typed', 'deleted', 'composed', 'filled', 'pasted'] as const
  const said = ['typed', 'corrected', 'composed', 'filled', 'pasted']
  rising.forEach((how, i) => {
    expect(manner(...rising.slice(0, i + 1))).toBe(said[i])
    expect(manner(how, ...rising.slice(0, i))).toBe(said[i])
  })
})

it('is bounded, however long the way', () => {
  const journey = createJourney()
  for (let i = 1; i < 500; i++) {
    journey.page(i, i * 10)
    journey.focus(1 + (i % 3), i * 10)
    journey.away()
  }
  const { pages, fields, returns, absences } = journey.summary(1e12)
  expect([pages.length, fields.length, returns, absences]).toEqual([12, 12, 99, 99])
  expect(pages.at(-1)?.stay_ms).toBe(3_600_000)
})

it('forgets the way, and not where it is', () => {
  const journey = createJourney()
  journey.page(1, 0)
  journey.focus(5, 10)
  journey.clear(1000)
  expect(journey.summary(1500)).toEqual({
    pages: [{ kind: 1, stay_ms: 500 }],
    fields: [],
    returns: 0,
    absences: 0,
    flurries: 0,
  })
})

it('gives pages of one kind one number, whoever they are about', () => {
  expect(pageKind('/accounts/4f81/transfers')).toBe(pageKind('/accounts/9a77/transfers'))
  expect(pageKind('/accounts/4f81')).not.toBe(pageKind('/settings'))
  expect(fieldKind('text', 'line1')).toBe(fieldKind('text', 'line2'))
  expect(pageKind('/'.repeat(5000))).toBeLessThan(65_536)
  const [part, id] = ['a'.repeat(24), 'a'.repeat(25)]
  expect([pageKind(`/${part}`), pageKind(`/${id}`)]).toEqual([pageKind(`/${part}`), pageKind('/1')])
  expect(pageKind(`/${part}`)).not.toBe(pageKind('/1'))
  const deep = '/p'.repeat(11)
  expect(pageKind(`${deep}/q`)).toBe(pageKind(deep))
  expect(pageKind(`${deep.slice(2)}/q`)).not.toBe(pageKind(deep))
  expect(fieldKind('text', 'a'.repeat(65))).toBe(fieldKind('text', 'a'.repeat(64)))
})

// FNV-1a of the text by its published algorithm, the upper half folded into the lower.
it('gives the numbers that profiles know already', () => {
  expect([pageKind('/'), pageKind('/login'), fieldKind('text', 'user')]).toEqual([48466, 51284, 53801])
})
