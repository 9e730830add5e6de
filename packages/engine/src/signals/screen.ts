import { backgroundProbability } from '../background/probability.ts'
import type { Finding } from '../evidence/groups.ts'
import { tierNats } from '../evidence/frequency.ts'
import type { Features } from '../facts.ts'
import { tokenOf } from '../profile/token.ts'
import { countsOf, type ValueTree } from '../profile/value-tree.ts'
import { blend, defineComparator } from './comparator.ts'
import { changeWithDevice } from './client.ts'
import { treeSection } from './tree-section.ts'

/** Both ways round are one screen. */
function sizeOf({ device }: Features): string | undefined {
  if (device.screen === undefined) return undefined
  const { width, height } = device.screen
  return `${Math.max(width, height)}x${Math.min(width, height)}`
}
const path = (features: Features) => [tokenOf(sizeOf(features))]

/**
 * Size of the screen; not for a proven key, whose device may be docked. The fingerprint holds it too and leaves it to this
 * comparator: if it spoke only without a fingerprint, leaving the fingerprint out would let a claimed size calm.
 */
export const screen = defineComparator<ValueTree>({
  id: 'screen@1',
  group: 'device',
  section: treeSection(1, 8, path),
  compare({ features, background, grants }, anchors, all): readonly Finding[] {
    const size = sizeOf(features)
    if (size === undefined || grants.length > 0) return []
    const values = path(features)
    const counts = countsOf(all, values, 0)
    if (counts.total === 0) return []
    const others = backgroundProbability(background, 'screen', size)
    const nats = blend(
      tierNats(countsOf(anchors, values, 0), others, changeWithDevice),
      tierNats(counts, others, changeWithDevice),
    )
    return [{ code: counts.count > 0 ? 'screen_familiar' : 'screen_unfamiliar', nats, support: counts.total }]
  },
})
