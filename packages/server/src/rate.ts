import { createLru } from './lru.ts'

/** Addresses that are remembered: past it the one that was quiet longest has its full number again. */
const remembered = 16_384

/**
 * At most `perMinute` calls at once of one key, refilled evenly: a generic cell rate algorithm (ITU-T I.371), which keeps one
 * number a key. In memory and for this process alone, so that it costs no round trip and cannot be down.
 */
export function createRate(perMinute: number) {
  const stepMs = 60_000 / perMinute
  /** When a key has its full number again. */
  const full = createLru<string, number>(remembered)
  return {
    /** Counts a call, or says from when on one is allowed again; what is refused does not count. A key of many callers has `shares`. */
    take(key: string, nowMs: number, shares = 1): number | undefined {
      const fullAtMs = Math.max(nowMs, full.get(key) ?? 0) + stepMs / shares
      if (fullAtMs - nowMs > 60_000) return fullAtMs - 60_000
      full.set(key, fullAtMs)
      return undefined
    },
  }
}
