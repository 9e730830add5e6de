import { readFileSync } from 'node:fs'
import * as engine from '@newel/engine'
import { describe, expect, it } from 'vitest'
import { comparators } from '../../src/signals/index.ts'
import { checkVectors, type Vectors } from './check.ts'

const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/engine.json', import.meta.url), 'utf8'),
) as Vectors

describe('the vector file', () => {
  it('is met bit by bit', () => {
    expect(checkVectors(engine, vectors)).toEqual([])
  })
  it('holds arithmetic, evidence, profiles and whole decisions of every kind', () => {
    expect(new Set(vectors.math.map(({ fn }) => fn)).size).toBe(8)
    expect(vectors.evidence.length).toBeGreaterThan(50)
    expect(new Set(vectors.decisions.map(({ output }) => output.decision))).toEqual(
      new Set(['allow', 'challenge', 'deny']),
    )
    expect(new Set(vectors.decisions.map(({ output }) => output.state)).size).toBe(5)
  })
  it('holds a decision for every comparator in which it speaks', () => {
    const records = vectors.decisions.map(
      ({ output }) => JSON.parse(output.record) as { evidence: string[][] },
    )
    const spoken = new Set(records.flatMap(({ evidence }) => evidence.map(([comparator]) => comparator)))
    expect(comparators.map(({ id }) => id).filter((id) => !spoken.has(id))).toEqual([])
  })
  it('notices the last bit of a function', () => {
    const off = { ...engine, ln: (x: number) => engine.ln(x) * (1 + 2.3e-16) }
    expect(checkVectors(off, vectors).length).toBeGreaterThan(10)
  })
})
