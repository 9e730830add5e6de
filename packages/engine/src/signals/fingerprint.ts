import type { Finding } from '../evidence/groups.ts'
import type { DeviceFacts } from '../facts.ts'
import { exp } from '../math/exp.ts'
import { ln } from '../math/ln.ts'
import { lnMixed } from '../math/logistic.ts'
import { componentsOf, findDevice, libraryMajor, type Device, type Statistics } from '../profile/devices.ts'
import { anchorShare, defineComparator } from './comparator.ts'
import { fingerprintComponentNames, fingerprintComponents } from './fingerprint-components.ts'

/** Visits that the shipped stability of a component weighs beside the subject's own. */
const priorVisits = 10
/** Components hang together (a new graphics driver moves three of them), so that their sum would claim too much. */
const dependence = 0.5
const mostCalm = -8
const mostAlarm = 4
/** Half of a subject's own new keys come from a browser it used before: a cleared storage, a private window. */
const sameBrowser = 0.5

/** Subjects that the components' own shares weigh beside what was counted. */
const priorSubjects = 20

/** How far agreement calms where others showed the very same: by what was counted of them, at most. */
function boundedBy(alike: DeviceFacts['alike'], nats: number): number {
  if (alike === undefined || nats >= 0) return nats
  const { others, seen } = alike
  return Math.max(nats, ln((others + priorSubjects * exp(nats)) / (seen + priorSubjects)))
}

/** Components with their place. The size of the screen is compared by a comparator of its own, with or without the rest. */
const compared = fingerprintComponentNames
  .map((name, at) => ({ name, at, ...fingerprintComponents[name] }))
  .filter(({ name }) => name !== 'screenResolution')

/**
 * ln(p(these components | another person's browser) / p(these | this browser, drifted)). `undefined` where none compare. What is
 * known and was left out now counts as changed as far as the rest would calm: who shows only what agrees gains nothing.
 */
function driftNats(
  now: Pick<Device, 'library' | 'components'>,
  before: Pick<Device, 'library' | 'components'>,
  statistics: Statistics,
): number | undefined {
  if (now.library !== before.library) return undefined
  let sum = 0
  let left = 0
  let both = 0
  for (const { at, chance, stable } of compared) {
    const value = now.components[at]!
    const known = before.components[at]!
    if (known === 0) continue
    const { same, changed } = statistics[at]!
    const agrees = (same + priorVisits * stable) / (same + changed + priorVisits)
    if (value === known) sum += ln(chance / agrees)
    else {
      const differs = ln((1 - chance) / (1 - agrees))
      if (value === 0) {
        left += Math.max(0, differs)
        continue
      }
      sum += differs
    }
    both += 1
  }
  if (both === 0) return undefined
  const drift = sum < 0 ? Math.min(0, sum + left) : sum
  return Math.min(mostAlarm, Math.max(mostCalm, dependence * drift))
}

/**
 * How the browser is built, against what is on record. With a proven key, against that key's own: agreement is expected of
 * whoever holds the key and says nothing, drift beyond what is usual alarms. Without, against the most similar device:
 * the more devices there are to choose from, the less a likeness says.
 */
export const fingerprint = defineComparator({
  id: 'fingerprint@1',
  group: 'device',
  compare({ facts, devices, statistics, grants, sessions }): readonly Finding[] {
    const { fingerprint: shown, jkt } = facts.device
    if (shown === undefined) return []
    const now = { library: libraryMajor(shown.library), components: componentsOf(shown.components) }
    if (grants.length > 0) {
      const own = findDevice(devices, jkt)
      const drift = own === undefined ? undefined : driftNats(now, own, statistics)
      if (drift === undefined) return []
      const nats = Math.max(0, drift)
      return [{ code: nats > 0 ? 'fingerprint_drifted' : 'fingerprint_familiar', nats, support: sessions }]
    }
    const likely = devices.flatMap((device) => {
      const nats = driftNats(now, device, statistics)
      if (nats === undefined) return []
      // What only waits to be trusted calms by half.
      return [nats < 0 && !device.anchored ? (1 - anchorShare) * nats : nats]
    })
    if (likely.length === 0) return []
    const likest = Math.min(...likely) + ln(likely.length)
    const nearest = Math.min(mostAlarm, boundedBy(facts.device.alike, likest))
    const nats = -lnMixed(1 - sameBrowser, -nearest)
    return [{ code: nats < 0 ? 'fingerprint_familiar' : 'fingerprint_unfamiliar', nats, support: sessions }]
  },
})
