import { expect, it } from 'vitest'
import { createAutomation } from './automation.ts'

const typeKeys = (gapMs: (i: number) => number, holdMs: number) => {
  const automation = createAutomation(100)
  let atMs = 0
  for (let i = 0; i < 10; i++) {
    automation.key({ downMs: atMs, upMs: atMs + holdMs })
    atMs += gapMs(i)
  }
  return automation.summary()
}

it('counts keys that hands do not press so', () => {
  expect(typeKeys(() => 1, 0)).toMatchObject({ keys: 10, instant_keys: 10, fast_keys: 9, even_keys: 8 })
  expect(typeKeys(() => 50, 20)).toMatchObject({ instant_keys: 0, fast_keys: 0, even_keys: 8 })
})

it('finds nothing in hands', () => {
  expect(typeKeys((i) => 120 + ((i * 37) % 61), 85)).toMatchObject({
    keys: 10,
    instant_keys: 0,
    fast_keys: 0,
    even_keys: 0,
  })
})

it('says nothing of times where the timer is too coarse to tell, or unknown', () => {
  const counted = (step: number | undefined) => {
    const automation = createAutomation(step)
    for (const downMs of [0, 5, 10]) automation.key({ downMs, upMs: downMs })
    const { keys, instant_keys, fast_keys, even_keys } = automation.summary()
    return [keys, instant_keys, fast_keys, even_keys]
  }
  expect(counted(2000)).toEqual([3, 3, 2, 1])
  for (const step of [2001, 16_667, NaN, undefined]) expect(counted(step)).toEqual([3, 0, 0, 0])
})

it('draws the lines where the protocol says', () => {
  expect(typeKeys(() => 7.9, 5)).toMatchObject({ instant_keys: 10, fast_keys: 9 })
  expect(typeKeys(() => 8, 5.1)).toMatchObject({ instant_keys: 0, fast_keys: 0 })
  expect(typeKeys(() => 0, 0)).toMatchObject({ fast_keys: 9, even_keys: 8 })
  expect(typeKeys((i) => 100 + (i % 2) * 0.5, 80)).toMatchObject({ even_keys: 8 })
  expect(typeKeys((i) => 100 + (i % 2) * 0.6, 80)).toMatchObject({ even_keys: 0 })
  const automation = createAutomation(100)
  automation.move(0, 0)
  automation.click({ downMs: 0, upMs: 90 }, 4, 0, false)
  expect(automation.summary()).toMatchObject({ jumps: 0 })
  automation.click({ downMs: 500, upMs: 590 }, 8.1, 0, false)
  expect(automation.summary()).toMatchObject({ jumps: 1 })
})

it('counts clicks that come out of nowhere, and none that a hand led there', () => {
  const automation = createAutomation(100)
  automation.move(50, 50)
  automation.click({ downMs: 0, upMs: 90 }, 51, 50, false)
  automation.click({ downMs: 1000, upMs: 1000 }, 400, 300, true)
  expect(automation.summary()).toMatchObject({ clicks: 2, instant_clicks: 1, centred_clicks: 1, jumps: 1 })
})

it('counts events of scripts, up to a bound, and forgets when told', () => {
  const automation = createAutomation(100)
  for (let i = 0; i < 2000; i++) automation.synthetic('keys')
  automation.synthetic('moves')
  expect(automation.summary()).toMatchObject({ synthetic_keys: 999, synthetic_moves: 1, synthetic_clicks: 0 })
  automation.clear()
  expect(automation.summary()).toMatchObject({ synthetic_keys: 0, synthetic_moves: 0 })
})

it('counts nothing of what it has no room to count the chances of', () => {
  const automation = createAutomation(100)
  for (let i = 0; i < 3000; i++) {
    automation.key({ downMs: i * 200 + ((i * 37) % 61), upMs: i * 200 + ((i * 37) % 61) + (i % 3 ? 80 : 0) })
    automation.click({ downMs: i, upMs: i + (i % 3 ? 80 : 0) }, i * 10, 0, i % 3 === 0)
  }
  expect(automation.summary()).toMatchObject({
    keys: 999,
    instant_keys: 333,
    clicks: 999,
    instant_clicks: 333,
    centred_clicks: 333,
    jumps: 999,
  })
})
