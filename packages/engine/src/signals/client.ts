import { backgroundProbability } from '../background/probability.ts'
import type { Finding } from '../evidence/groups.ts'
import { tierNats } from '../evidence/frequency.ts'
import type { Features } from '../facts.ts'
import { tokenOf } from '../profile/token.ts'
import { countsOf, type ValueTree } from '../profile/value-tree.ts'
import { blend, defineComparator } from './comparator.ts'
import { treeSection } from './tree-section.ts'

// What no parser knows is a value too: a subject who always shows a known browser is not expected to hide it.
const systemOf = ({ client }: Features) => `${client.deviceType} ${client.os}`
const browserOf = ({ client }: Features) => client.browser
const path = (features: Features) => [tokenOf(systemOf(features)), tokenOf(browserOf(features))]

/**
 * A new device often is of another kind. Where the key is not on record, half of the subject's own sessions would show a
 * client that it never showed.
 */
export const changeWithDevice = 0.5

/** System and kind of device, and the browser given these. */
export const client = defineComparator<ValueTree>({
  id: 'client@1',
  group: 'client',
  section: treeSection(2, 12, path),
  compare({ features, background, grants }, anchors, all): readonly Finding[] {
    const values = path(features)
    const least = grants.length > 0 ? 0 : changeWithDevice
    const named = [
      { tier: 'system', value: systemOf(features) },
      { tier: 'browser', value: browserOf(features) },
    ] as const
    return named.flatMap(({ tier, value }, index) => {
      const counts = countsOf(all, values, index)
      if (counts.total === 0) return []
      const others = backgroundProbability(background, tier, value)
      const nats = blend(
        tierNats(countsOf(anchors, values, index), others, least),
        tierNats(counts, others, least),
      )
      return [
        { code: counts.count > 0 ? 'client_familiar' : 'client_unfamiliar', nats, support: counts.total },
      ]
    })
  },
})
