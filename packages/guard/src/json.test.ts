import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJsonObject } from './json.ts'

describe('a JSON body', () => {
  it('is an object and nothing else', () => {
    expect(parseJsonObject('{"a":1}')).toEqual({ a: 1 })
    for (const text of ['[1]', '"a"', '1', 'null', 'true', '', '{', '{"a":1}x', "{'a':1}"]) {
      expect(parseJsonObject(text)).toBeUndefined()
    }
  })

  it('names no member twice, at any depth and however it is spelled', () => {
    for (const text of [
      '{"a":1,"a":1}',
      '{"a":1,"\\u0061":2}',
      '{"x":{"a":1,"b":2,"a":3}}',
      '{"x":[{"a":1},{"b":1,"b":2}]}',
      '{"x":[1,2],"y":{},"x":1}',
      '{"a\\"":1,"a\\u0022":2}',
    ]) {
      expect(parseJsonObject(text)).toBeUndefined()
    }
  })

  it('may name alike what lies in different objects, and quote what looks like members', () => {
    for (const text of [
      '{"a":{"a":[{"a":1},{"a":1}]}}',
      '{"a":"{\\"a\\":1,\\"a\\":1}","b":["a","a"]}',
      '{"a":["x,","x"]}',
    ]) {
      expect(parseJsonObject(text)).toEqual(JSON.parse(text))
    }
  })

  it('reads whatever an honest client writes as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(4), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(parseJsonObject(text)).toEqual(JSON.parse(text))
      }),
      { seed: 1, numRuns: 300 },
    )
  })
})
