import { expect, it } from 'vitest'
import { createTurns } from './turns.ts'

it('lets nobody in before the one ahead has ended, however it ended', async () => {
  const turns = createTurns()
  const order: string[] = []
  const step = (name: string, fail = false) =>
    turns.take(undefined, async () => {
      order.push(`${name} in`)
      await Promise.resolve()
      order.push(`${name} out`)
      if (fail) throw new Error(name)
    })
  const results = await Promise.allSettled([step('a'), step('b', true), step('c')])
  expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out'])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

it('ends the wait of one who gives up, and does not run its task later', async () => {
  const turns = createTurns()
  let release = (): void => undefined
  const first = turns.take(undefined, () => new Promise<void>((resolve) => (release = resolve)))
  const controller = new AbortController()
  let ran = false
  const second = turns.take(controller.signal, async () => void (ran = true))
  controller.abort(new Error('gone'))
  await expect(second).rejects.toThrow('gone')
  release()
  await first
  await turns.take(undefined, async () => undefined)
  expect(ran).toBe(false)
})
