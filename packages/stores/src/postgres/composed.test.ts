import { expect, it } from 'vitest'
import { composer } from './composed.ts'

const statement = (sql: string, guard = false) => ({ sql, guard, values: [], returns: false })

it('composes the same statements once, and others by themselves', () => {
  let composed = 0
  const compose = composer(8, 'p', (statements) => {
    composed += 1
    return statements.map(({ sql, guard }) => (guard ? `${sql}!` : sql)).join(' ')
  })
  expect(compose([statement('a'), statement('b')])).toEqual({ text: 'a b', name: 'p_0' })
  expect(compose([statement('a'), statement('b')])).toEqual({ text: 'a b', name: 'p_0' })
  expect(compose([statement('a'), statement('b', true)])).toEqual({ text: 'a b!', name: 'p_1' })
  expect(compose([statement('a')])).toEqual({ text: 'a', name: 'p_2' })
  expect(composed).toBe(3)
})

it('keeps a bounded number and names no other', () => {
  const compose = composer(1, 'p', (statements) => statements.map(({ sql }) => sql).join(' '))
  expect(compose([statement('a')]).name).toBe('p_0')
  expect(compose([statement('b')])).toEqual({ text: 'b', name: undefined })
  expect(compose([statement('a')]).name).toBe('p_0')
})
