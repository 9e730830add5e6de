import { describe, expect, it } from 'vitest'
import { createGate, type Caller, type Entered } from './gate.ts'

const one: Caller = { side: 'back_end', tenant: 'one', known: true, address: '192.0.2.1' }
const two: Caller = { ...one, tenant: 'two' }
const stranger: Caller = { ...one, known: false }
const page = (address: string | undefined): Caller => ({
  side: 'browser',
  tenant: 'one',
  known: false,
  address,
})
const outcome = (entered: Entered): string => ('leave' in entered ? 'in' : entered.refused)

describe('work in flight', () => {
  it('turns signals away first, then assessments, and what finishes something never', () => {
    const gate = createGate(4, 1)
    for (let call = 0; call < 3; call++) expect(outcome(gate.enter('never', one))).toBe('in')
    expect(outcome(gate.enter('signals', page('198.51.100.1')))).toBe('busy')
    expect(outcome(gate.enter('assessments', one))).toBe('in')
    expect(outcome(gate.enter('assessments', one))).toBe('busy')
    expect(outcome(gate.enter('never', one))).toBe('in')
  })
  it('lets in again what has left', () => {
    const gate = createGate(1, 1)
    const entered = gate.enter('assessments', one)
    expect(outcome(gate.enter('assessments', one))).toBe('busy')
    if ('leave' in entered) entered.leave()
    expect(outcome(gate.enter('assessments', one))).toBe('in')
  })
  it('keeps half for the others where there are several tenants', () => {
    const gate = createGate(4, 2)
    expect(outcome(gate.enter('assessments', one))).toBe('in')
    expect(outcome(gate.enter('assessments', one))).toBe('in')
    expect(outcome(gate.enter('assessments', one))).toBe('busy')
    expect(outcome(gate.enter('assessments', two))).toBe('in')
  })
})

describe('strangers', () => {
  it('with a wrong secret key are turned away like signals, and leave back ends all their places', () => {
    const gate = createGate(4, 1)
    for (let call = 0; call < 3; call++) expect(outcome(gate.enter('never', stranger))).toBe('in')
    expect(outcome(gate.enter('never', stranger))).toBe('busy')
    for (let call = 0; call < 4; call++) expect(outcome(gate.enter('assessments', one))).toBe('in')
  })
  it('who ask of challenges get a quarter an address, and leave back ends all their places', () => {
    const gate = createGate(8, 1)
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4']) {
      expect(outcome(gate.enter('never', page(address)))).toBe('in')
      expect(outcome(gate.enter('never', page(address)))).toBe('in')
      expect(outcome(gate.enter('never', page(address)))).toBe('address')
    }
    for (let call = 0; call < 8; call++) expect(outcome(gate.enter('assessments', one))).toBe('in')
    expect(outcome(gate.enter('never', page('192.0.2.5')))).toBe('in')
  })
  it('whose host names no address are bounded by nobody’s', () => {
    const gate = createGate(1, 1)
    for (let call = 0; call < 8; call++) expect(outcome(gate.enter('never', page(undefined)))).toBe('in')
  })
})
