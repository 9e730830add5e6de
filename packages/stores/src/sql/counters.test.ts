import { describe, expect, it } from 'vitest'
import { addToCounters } from './counters.ts'
import { createBind } from './statement.ts'

describe('adding to counters', () => {
  it('goes by the order of keys, so that callers cannot wait for each other in a circle', () => {
    const bind = createBind('postgres', 'newel')
    const keysOf = (keys: readonly string[]) =>
      addToCounters(
        bind,
        'acme',
        keys.map((key) => ({ key, adds: 1 })),
        0,
      )?.values.filter((value) => String(value).startsWith('key:'))
    expect(keysOf(['key:b', 'key:c', 'key:a'])).toEqual(['key:a', 'key:b', 'key:c'])
    expect(keysOf(['key:c', 'key:a', 'key:b', 'key:a'])).toEqual(['key:a', 'key:b', 'key:c'])
  })

  it('is nothing to do without keys', () => {
    expect(addToCounters(createBind('sqlite', undefined), 'acme', [], 0)).toBe(undefined)
  })
})
