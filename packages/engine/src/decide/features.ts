import type { Facts, Features } from '../facts.ts'
import { signalsNotGiven } from '../signals/given.ts'
import { compactFacts } from './compact.ts'
import { isProven } from './situation.ts'

/**
 * What is compact enough to learn from. The device key counts only where it was proven in the request, so that nobody's
 * record is touched by a key that was merely named.
 */
export const extractFeatures = (facts: Facts): Features => featuresOf(compactFacts(facts))

/** The same of facts that are compact already. */
export function featuresOf(compact: Facts): Features {
  const { jkt, proven: _proven, alike: _alike, ephemeral, ...built } = compact.device
  return {
    atMs: compact.nowMs,
    device: { ...(jkt !== undefined && isProven(compact) ? { jkt } : {}), ephemeral, ...built },
    network: compact.network,
    client: compact.client,
    ...(compact.behaviour === undefined ? {} : { behaviour: compact.behaviour }),
    ...(compact.session?.idleMinutes === undefined
      ? {}
      : { session: { idleMinutes: compact.session.idleMinutes } }),
    absent: signalsNotGiven(compact),
  }
}
