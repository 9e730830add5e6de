import { describe, expect, it } from 'vitest'
import { createGate, type Caller, type Entered } from './gate.ts'
import { prefixOf } from './network.ts'

const one: Caller = { side: 'back_end', tenant: 'one', known: true, address: undefined }
const two: Caller = { ...one, tenant: 'two' }
const stranger: Caller = { ...one, known: false }
const page = (address: string | undefined): Caller => ({
  side: 'browser',
  tenant: 'one',
  known: false,
  address: address === undefined ? undefined : { subscriber: address, network: prefixOf(address) },
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
    for (const address of ['192.0.2.1', '192.0.3.1', '192.0.4.1', '192.0.5.1']) {
      expect(outcome(gate.enter('never', page(address)))).toBe('in')
      expect(outcome(gate.enter('never', page(address)))).toBe('in')
      expect(outcome(gate.enter('never', page(address)))).toBe('address')
    }
    for (let call = 0; call < 8; call++) expect(outcome(gate.enter('assessments', one))).toBe('in')
    expect(outcome(gate.enter('never', page('192.0.6.1')))).toBe('in')
  })
  it('of one network get half together, however many addresses it has', () => {
    const gate = createGate(64, 1)
    const entered = Array.from({ length: 1000 }, (_, line) =>
      outcome(gate.enter('never', page(`2001:db8:1:${line.toString(16)}::`))),
    )
    expect(entered.filter((each) => each === 'in')).toHaveLength(32)
    expect(outcome(gate.enter('signals', page('192.0.2.1')))).toBe('in')
  })
  it('of all networks get twice the limit together', () => {
    const gate = createGate(8, 1)
    const entered = Array.from({ length: 100 }, (_, network) =>
      outcome(gate.enter('never', page(`192.0.${network}.1`))),
    )
    expect(entered).toEqual([...Array<string>(16).fill('in'), ...Array<string>(84).fill('busy')])
    for (let call = 0; call < 8; call++) expect(outcome(gate.enter('assessments', one))).toBe('in')
  })
  it('whose host names no address count as one, with a larger share', () => {
    const gate = createGate(8, 1)
    for (let call = 0; call < 8; call++) expect(outcome(gate.enter('never', page(undefined)))).toBe('in')
    expect(outcome(gate.enter('never', page(undefined)))).toBe('address')
    expect(outcome(gate.enter('never', page('192.0.2.1')))).toBe('in')
  })
})
