import { describe, expect, it } from 'vitest'
import { nearest } from './suggest.ts'

const known = ['database', 'port', 'host', 'trusted_proxies', 'master_key']

describe('the nearest name', () => {
  it.each([
    ['databse', 'database'],
    ['prot', 'port'],
    ['trustedProxies', 'trusted_proxies'],
    ['MASTER-KEY', 'master_key'],
    ['hots', 'host'],
  ])('takes %s for %s', (name, meant) => {
    expect(nearest(name, known)).toBe(meant)
  })

  it('knows when nothing is meant', () => {
    expect(nearest('colour', known)).toBeUndefined()
  })
})
