import { backgroundProbability } from '../background/probability.ts'
import type { Finding } from '../evidence/groups.ts'
import { tierNats } from '../evidence/frequency.ts'
import type { Features } from '../facts.ts'
import { tokenOf } from '../profile/token.ts'
import { countsOf, type ValueTree } from '../profile/value-tree.ts'
import { blend, defineComparator, type Comparison } from './comparator.ts'
import { treeSection } from './tree-section.ts'

const tiers = [
  { name: 'country', familiar: 'country_familiar', unfamiliar: 'country_unfamiliar' },
  { name: 'asn', familiar: 'asn_familiar', unfamiliar: 'network_unfamiliar' },
  { name: 'prefix', familiar: 'prefix_familiar', unfamiliar: 'network_unfamiliar' },
  { name: 'address', familiar: 'prefix_familiar', unfamiliar: 'network_unfamiliar' },
] as const

const path = ({ network }: Features) => tiers.map(({ name }) => tokenOf(network[name]))

/**
 * Where the browser connects from: country, operator given the country, prefix given the operator, address given the
 * prefix. A tier that is not known (no database file) is left out, and the finer ones are compared without it.
 */
export const network = defineComparator<ValueTree>({
  id: 'network@1',
  group: 'network',
  section: treeSection(tiers.length, 32, path),
  compare({ features, background }: Comparison, anchors, all): readonly Finding[] {
    const values = path(features)
    return tiers.flatMap(({ name, familiar, unfamiliar }, tier) => {
      const value = features.network[name]
      if (value === undefined) return []
      const counts = countsOf(all, values, tier)
      if (counts.total === 0) return []
      const others = backgroundProbability(background, name, String(value), counts.count > 0)
      const nats = blend(tierNats(countsOf(anchors, values, tier), others), tierNats(counts, others))
      return [{ code: counts.count > 0 ? familiar : unfamiliar, nats, support: counts.total }]
    })
  },
})
