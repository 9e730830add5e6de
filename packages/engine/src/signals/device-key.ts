import { methods } from '@newel/protocol'
import type { Finding } from '../evidence/groups.ts'
import type { Grant } from '../facts.ts'
import { ln } from '../math/ln.ts'
import { findDevice } from '../profile/devices.ts'
import { agedGrant } from './grants.ts'
import { defineComparator } from './comparator.ts'

/** What a grant that aged without a bad label gains: it would have been reported. */
const agedNats = 2
/** A back end that vouches, as after a federated login. */
const vouchedRatio = 1 / 10

/** How much calmer the key is than an unknown one: the likelihood ratio that its grant left, and its age. */
function grantNats(grant: Grant, nowMs: number): number {
  const ratio = grant.method === 'vouched' ? vouchedRatio : methods[grant.method].ratio.passed
  return ln(ratio) - (agedGrant(grant, nowMs) ? agedNats : 0)
}

/** The device key, on record and proven: it calms by what put it on record. Codes never add up, so the best grant counts alone. */
export const deviceKey = defineComparator({
  id: 'device-key@1',
  group: 'device',
  compare({ facts, devices, grants, forgotten }): readonly Finding[] {
    if (grants.length === 0) return []
    const nats = Math.min(...grants.map((grant) => grantNats(grant, facts.nowMs)))
    const findings: Finding[] = [{ code: 'device_key_proven', nats, support: grants.length }]
    const seen = findDevice(devices, facts.device.jkt) !== undefined
    if (!seen && forgotten > 0) findings.push({ code: 'device_forgotten', nats: 0, support: forgotten })
    return findings
  },
})
