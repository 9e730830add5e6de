import { expect, it } from 'vitest'
import { isTooOld, oldestNode } from './version.ts'

it('knows a Node that is too old', () => {
  expect(oldestNode).toBe('22.13')
  expect(['20.20.2', '22.9.0', '22.12.9'].map(isTooOld)).toEqual([true, true, true])
  expect(['22.13.0', '23.0.0', '24.21.0'].map(isTooOld)).toEqual([false, false, false])
})
