import { describe, expect, it } from 'vitest'
import { createGate } from './gate.ts'

const by = (key: string): Request =>
  new Request('http://newel.internal/', { headers: { authorization: `Bearer ${key}` } })
const one = by(`sk_one_${'x'.repeat(40)}`)
const two = by(`sk_two_${'x'.repeat(40)}`)

describe('work in flight', () => {
  it('turns signals away first, then assessments, and what finishes something never', () => {
    const gate = createGate(4, 1)
    const inside = [gate.enter('never', one), gate.enter('never', one), gate.enter('never', one)]
    expect(gate.enter('signals', one)).toBeUndefined()
    const fourth = gate.enter('assessments', one)
    expect(fourth).toBeDefined()
    expect(gate.enter('assessments', one)).toBeUndefined()
    expect(gate.enter('never', one)).toBeDefined()
    expect(inside).not.toContain(undefined)
  })
  it('lets in again what has left', () => {
    const gate = createGate(1, 1)
    const leave = gate.enter('assessments', one)
    expect(gate.enter('assessments', one)).toBeUndefined()
    leave?.()
    expect(gate.enter('assessments', one)).toBeDefined()
  })
  it('keeps half for the others where there are several tenants', () => {
    const gate = createGate(4, 2)
    expect(gate.enter('assessments', one)).toBeDefined()
    expect(gate.enter('assessments', one)).toBeDefined()
    expect(gate.enter('assessments', one)).toBeUndefined()
    expect(gate.enter('assessments', two)).toBeDefined()
  })
})
