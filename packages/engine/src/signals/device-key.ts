import { methods } from '@newel/protocol'
import type { Finding } from '../evidence/groups.ts'
import type { Grant } from '../facts.ts'
import { ln } from '../math/ln.ts'
import { findDevice } from '../profile/devices.ts'
import { agedGrant } from './grants.ts'
import { defineComparator, type Comparison } from './comparator.ts'

/** However long a history: one session in so many comes from a device that was not there before. */
const sessionsPerDevice = 20
/** What a grant that aged without a bad label gains: it would have been reported. */
const agedNats = 2
/** A back end that vouches, as after a federated login. */
const vouchedRatio = 1 / 10

/** How much calmer the key is than an unknown one: the likelihood ratio that its grant left, and its age. */
export function grantNats(grant: Grant, nowMs: number): number {
  const ratio = grant.method === 'vouched' ? vouchedRatio : methods[grant.method].ratio.passed
  return ln(ratio) - (agedGrant(grant, nowMs) ? agedNats : 0)
}

/** The subject's own rate of new keys: what an unknown one weighs against it. */
function unknownNats({ sessions, devices, forgotten }: Comparison): number {
  const rate = (devices.length + forgotten + 0.5) / (sessions + 1)
  return -ln(Math.min(0.9, Math.max(1 / sessionsPerDevice, rate)))
}

/**
 * The device key. On record and proven, it calms by what put it on record; codes never add up, so the best grant counts
 * alone. Not on record, for a subject who has keys on record, it is evidence and not unknown: a key that was not shown at
 * all counts no less.
 */
export const deviceKey = defineComparator({
  id: 'device-key@1',
  group: 'device',
  compare(comparison): readonly Finding[] {
    const { facts, devices, grants, hasKeys, sessions, forgotten } = comparison
    if (grants.length > 0) {
      const nats = Math.min(...grants.map((grant) => grantNats(grant, facts.nowMs)))
      const findings: Finding[] = [{ code: 'device_key_proven', nats, support: grants.length }]
      const seen = findDevice(devices, facts.device.jkt) !== undefined
      if (!seen && forgotten > 0) findings.push({ code: 'device_forgotten', nats: 0, support: forgotten })
      return findings
    }
    if (!hasKeys) return []
    const { jkt, ephemeral } = facts.device
    const code =
      jkt === undefined ? 'signal_missing' : ephemeral ? 'device_key_ephemeral' : 'device_key_unknown'
    return [{ code, nats: unknownNats(comparison), support: sessions }]
  },
})
