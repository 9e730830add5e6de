import { backgroundProbability } from '../background/probability.ts'
import type { Finding } from '../evidence/groups.ts'
import { tierNats } from '../evidence/frequency.ts'
import type { Features } from '../facts.ts'
import { tokenOf } from '../profile/token.ts'
import { countsOf, type ValueTree } from '../profile/value-tree.ts'
import { blend, defineComparator } from './comparator.ts'
import { treeSection } from './tree-section.ts'
import { isElsewhere } from './zone-offsets.ts'

const path = ({ network, client }: Features) => [tokenOf(network.country), tokenOf(client.timezone)]

/** Seven in twenty of attackers behind a borrowed address keep their own clock, and one in ten of people: journeys, VPNs. */
const elsewhereNats = 1.2

/**
 * The clock's time zone, given the country where that is known. In a country that the subject was never in, a time zone says
 * nothing: some travellers' clocks follow and some do not. Of who showed no zone yet, the clock is
 * compared with the country of the address: afterwards its own habit says it better.
 */
export const timezone = defineComparator<ValueTree>({
  id: 'timezone@1',
  group: 'network',
  section: treeSection(2, 12, path),
  compare({ features, background }, anchors, all): readonly Finding[] {
    const zone = features.client.timezone
    if (zone === undefined) return []
    const counts = countsOf(all, path(features), 1)
    if (counts.total === 0) {
      const { listed = [] } = features.network
      // An address that is lent says by itself that nobody is there.
      const lent = listed.some(({ kind }) => kind !== 'blocked' && kind !== 'mobile')
      const elsewhere = isElsewhere(features.network.country, features.client.offsetMinutes)
      return all.leaves.length === 0 && elsewhere && !lent
        ? [{ code: 'timezone_elsewhere', nats: elsewhereNats, support: 0 }]
        : []
    }
    const everywhere = backgroundProbability(background, 'timezone', zone)
    // Given the country, its share of the country's people, as if all of the zone's lived there.
    const { country } = features.network
    const others =
      country === undefined
        ? everywhere
        : Math.min(0.95, everywhere / backgroundProbability(background, 'country', country))
    const nats = blend(tierNats(countsOf(anchors, path(features), 1), others), tierNats(counts, others))
    // A familiar zone is expected where the country is familiar, and the country has said so.
    if (counts.count > 0)
      return country === undefined ? [{ code: 'timezone_familiar', nats, support: counts.total }] : []
    return [{ code: 'timezone_unfamiliar', nats, support: counts.total }]
  },
})
