import type { Background } from '../background/background.ts'
import { backgroundProbability } from '../background/probability.ts'
import type { Finding } from '../evidence/groups.ts'
import { tierNats } from '../evidence/frequency.ts'
import type { Features } from '../facts.ts'
import { tokenOf } from '../profile/token.ts'
import { countsOf, type ValueTree } from '../profile/value-tree.ts'
import { blend, defineComparator } from './comparator.ts'
import { changeWithDevice } from './client.ts'
import { treeSection } from './tree-section.ts'

const primary = (languages: string | undefined) => languages?.split(',')[0]?.toLowerCase().split('-')[0]
const path = ({ client }: Features) => [tokenOf(primary(client.languages)), tokenOf(client.languages)]

/**
 * Probability of a language among others who connect from there. Languages and countries move together: given the country, a
 * language has its share of the country's people, as if all who speak it lived there.
 */
function languageAmongOthers(background: Background, name: string, country: string | undefined): number {
  const everywhere = backgroundProbability(background, 'languages', name)
  return country === undefined
    ? everywhere
    : Math.min(0.95, everywhere / backgroundProbability(background, 'country', country))
}

/** The first language, given the country where that is known, and the whole list given it. Browsers differ in the list, so a new device may change it. */
export const language = defineComparator<ValueTree>({
  id: 'language@1',
  group: 'client',
  section: treeSection(2, 8, path),
  compare({ features, background, grants }, anchors, all): readonly Finding[] {
    const { languages } = features.client
    const first = primary(languages)
    if (languages === undefined || first === undefined) return []
    const values = path(features)
    return [0, 1].flatMap((tier) => {
      const counts = countsOf(all, values, tier)
      if (counts.total === 0) return []
      const others = tier === 0 ? languageAmongOthers(background, first, features.network.country) : 0.3
      const least = tier === 0 || grants.length > 0 ? 0 : changeWithDevice
      const nats = blend(
        tierNats(countsOf(anchors, values, tier), others, least),
        tierNats(counts, others, least),
      )
      return [
        { code: counts.count > 0 ? 'language_familiar' : 'language_unfamiliar', nats, support: counts.total },
      ]
    })
  },
})
