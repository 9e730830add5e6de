import { describe, expect, it } from 'vitest'
import { parseObservations, signals, wireName, type SignalName } from './index.ts'

const screen = { width: 1920, height: 1080, color_depth: 24, pixel_ratio_percent: 100 }

describe('observations', () => {
  it('are read by wire name, with values and stated absences', () => {
    const result = parseObservations({
      'screen@1': { value: screen },
      'fingerprint@1': { absent: 'timed_out' },
    })
    expect(result).toEqual({
      ok: true,
      parsed: {
        observations: { screen: { value: screen }, fingerprint: { absent: 'timed_out' } },
        dropped: 0,
      },
    })
  })
  it('that nobody knows are dropped and counted, whatever they hold', () => {
    const result = parseObservations({
      'screen@2': { value: { anything: true } },
      'aura@1': 7,
      'screen@1': { value: screen },
    })
    expect(result).toEqual({ ok: true, parsed: { observations: { screen: { value: screen } }, dropped: 2 } })
  })
  it('of the connection cannot be claimed by a page', () => {
    const result = parseObservations({ 'address@1': { value: { ip: '192.0.2.1' } } })
    expect(result).toEqual({ ok: true, parsed: { observations: {}, dropped: 1 } })
  })
  it('fail as a whole where a known one has an extra member, a wrong type or both value and absence', () => {
    for (const bad of [
      { value: { ...screen, typed: 'secret' } },
      { value: { ...screen, width: -1 } },
      { value: { ...screen, width: Infinity } },
      { value: screen, absent: 'blocked' },
      { absent: 'because' },
      null,
      [],
    ]) {
      expect(parseObservations({ 'screen@1': bad })).toMatchObject({ ok: false, signal: 'screen@1' })
    }
  })
  it('have no field for what was typed', () => {
    const words = JSON.stringify(
      Object.values(signals).map((signal) => Object.keys(entriesOf(signal.schema))),
    )
    expect(words).not.toMatch(/"(?:key|code|text|value|clipboard)"/)
  })
})

describe('typing', () => {
  const field = {
    field: 'password',
    input: 'keys',
    resolution_us: 100,
    hold_ms: [90, 80, 100, 95],
    down_down_ms: [150, 210, 180],
  }
  const read = (...fields: object[]) => parseObservations({ 'typing@1': { value: { fields } } }).ok

  it('is timings by field, two fields at most, each once', () => {
    expect(read(field)).toBe(true)
    expect(read(field, { ...field, field: 'name' })).toBe(true)
    expect(read()).toBe(false)
    expect(read(field, field)).toBe(false)
    expect(read(field, { ...field, field: 'a' }, { ...field, field: 'b' })).toBe(false)
  })
  it('refuses times that no clock gives, keys, and lists that do not belong together', () => {
    for (const bad of [
      { hold_ms: [90, 80, 100, NaN] },
      { hold_ms: [90, 80, 100, -1] },
      { hold_ms: [90, 80, 100, 1e9] },
      { hold_ms: [90, 80, 100, 1.5] },
      { hold_ms: [90, 80] },
      { hold_ms: Array.from({ length: 41 }, () => 90), down_down_ms: Array.from({ length: 40 }, () => 90) },
      { down_down_ms: [150, 210] },
      { down_down_ms: [150, 210, Infinity] },
      { resolution_us: 0 },
      { keys: ['a', 'b', 'c', 'd'] },
      { field: 'name of the field' },
      { input: 'voice' },
    ])
      expect(read({ ...field, ...bad })).toBe(false)
  })
})

describe('signals', () => {
  it('each say their unit, purpose and retention', () => {
    for (const [name, signal] of Object.entries(signals)) {
      expect(signal.name).toBe(name)
      expect(signal.unit).not.toBe('')
      expect(signal.purpose).toMatch(/\.$/)
      expect(signal.retentionDays).toBeLessThanOrEqual(7)
      expect(wireName(name as SignalName)).toBe(`${name}@${signal.version}`)
    }
  })
})

const entriesOf = (schema: unknown): object => (schema as { entries: object }).entries
