import { afterEach, expect, it, vi } from 'vitest'
import { collect, type Collector } from './collect.ts'

afterEach(() => void vi.useRealTimers())

const zone = { value: { zone: 'Asia/Tokyo', offset_minutes: 540 } } as const
const timezone: Collector<'timezone'> = { wire: 'timezone@1', collect: () => zone }
const context = { ephemeral: false }

it('gathers what the server wants and nothing else', async () => {
  const unwanted = vi.fn(() => ({ absent: 'unsupported' }) as const)
  const language: Collector<'language'> = { wire: 'language@1', collect: unwanted }
  expect(await collect([timezone, language], ['timezone@1'], context)).toEqual({ 'timezone@1': zone })
  expect(unwanted).not.toHaveBeenCalled()
})

it('contains a collector that throws, and tells a refusal from a lack', async () => {
  const refused: Collector<'language'> = {
    wire: 'language@1',
    collect: () => {
      throw new DOMException('denied', 'SecurityError')
    },
  }
  const broken: Collector<'client'> = { wire: 'client@1', collect: () => Promise.reject(new TypeError('no')) }
  expect(
    await collect([refused, broken, timezone], ['language@1', 'client@1', 'timezone@1'], context),
  ).toEqual({
    'language@1': { absent: 'blocked' },
    'client@1': { absent: 'unsupported' },
    'timezone@1': zone,
  })
})

it('gives up after a second on a collector that does not end, and keeps the others', async () => {
  vi.useFakeTimers()
  const stuck: Collector<'fingerprint'> = {
    wire: 'fingerprint@1',
    collect: () => new Promise(() => undefined),
  }
  const observed = collect([stuck, timezone], ['fingerprint@1', 'timezone@1'], context)
  await vi.advanceTimersByTimeAsync(1000)
  expect(await observed).toEqual({ 'fingerprint@1': { absent: 'timed_out' }, 'timezone@1': zone })
})
