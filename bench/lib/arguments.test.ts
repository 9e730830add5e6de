import { describe, expect, it } from 'vitest'
import { parseArguments } from './arguments.ts'

describe('arguments of the benchmark', () => {
  it('measure everything by default', () => {
    expect(parseArguments([])).toMatchObject({
      parts: ['assessments', 'engine', 'sizes'],
      stores: ['sqlite', 'postgres'],
      rows: [1000, 1_000_000],
    })
  })
  it('choose parts, stores and sizes', () => {
    expect(parseArguments(['assessments', '--store', 'sqlite', '--rows', '1000'])).toMatchObject({
      parts: ['assessments'],
      stores: ['sqlite'],
      rows: [1000],
    })
  })
  it('refuse what they do not know', () => {
    for (const args of [['speed'], ['--store', 'mongo'], ['--rows', 'many'], ['--pairs', '0'], ['--quick']]) {
      expect(() => parseArguments(args), args.join(' ')).toThrow(TypeError)
    }
  })
})
