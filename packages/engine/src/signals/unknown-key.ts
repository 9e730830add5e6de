import type { Finding } from '../evidence/groups.ts'
import { ln } from '../math/ln.ts'
import { defineComparator, type Comparison } from './comparator.ts'

/** However long a history: one session in so many comes from a device that was not there before. */
const sessionsPerDevice = 20
/** Before anything is known of a subject, every third sign-in comes from another device: most people use two. */
const priorNew = 1
const priorSessions = 3

/** The subject's own rate of new devices after the first, beside the shipped one. */
function newDeviceRate({ sessions, devices, forgotten }: Comparison): number {
  const more = Math.max(0, devices.length + forgotten - 1)
  const rate = (more + priorNew) / (Math.max(0, sessions - 1) + priorSessions)
  return Math.min(0.9, Math.max(1 / sessionsPerDevice, rate))
}

/**
 * A device key that is not on record, of a subject who has keys on record: evidence and not unknown. Nearly every attacker
 * shows one, so that it weighs as much as the subject's own new devices are rare. A key that was not shown at all, or lives in
 * memory, counts no less.
 */
export const unknownKey = defineComparator({
  id: 'unknown-key@1',
  group: 'key',
  compare(comparison): readonly Finding[] {
    const { facts, grants, hasKeys, sessions } = comparison
    if (grants.length > 0 || !hasKeys) return []
    const { jkt, ephemeral } = facts.device
    const code =
      jkt === undefined ? 'signal_missing' : ephemeral ? 'device_key_ephemeral' : 'device_key_unknown'
    return [{ code, nats: -ln(newDeviceRate(comparison)), support: sessions }]
  },
})
