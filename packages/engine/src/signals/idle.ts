import { tierNats } from '../evidence/frequency.ts'
import type { Finding } from '../evidence/groups.ts'
import type { Features } from '../facts.ts'
import { tokenOf, type Token } from '../profile/token.ts'
import { countsOf, type ValueTree } from '../profile/value-tree.ts'
import { blend, defineComparator } from './comparator.ts'
import { gapNats } from './gap.ts'
import { treeSection } from './tree-section.ts'

/** Spells in classes, longest first, from so many minutes on, and how often somebody else finds a session after one: own estimates. */
const classes = [
  { name: 'weeks', fromMinutes: 12_960, others: 0.05 },
  { name: 'days', fromMinutes: 4320, others: 0.1 },
  { name: 'day', fromMinutes: 1440, others: 0.15 },
  { name: 'night', fromMinutes: 480, others: 0.2 },
  { name: 'hours', fromMinutes: 120, others: 0.25 },
  { name: 'half-hour', fromMinutes: 30, others: 0.25 },
] as const

/** Spells that were seen before a habit can be told. */
const least = 5
const mostNats = 1

const classOf = (minutes: number | undefined): (typeof classes)[number] | undefined =>
  minutes === undefined ? undefined : classes.find(({ fromMinutes }) => minutes >= fromMinutes)

const path = ({ session }: Features): readonly Token[] => [tokenOf(classOf(session?.idleMinutes)?.name)]

/**
 * How long this session lay unused, against how long the subject leaves one. Never calms: a session is taken over at whatever
 * time its thief likes. Who never signs out comes back after nights, and nights then are usual. What the gap of the account has
 * said is not said again.
 */
export const idle = defineComparator<ValueTree>({
  id: 'idle@1',
  group: 'time',
  section: treeSection(1, classes.length, path),
  compare(comparison, anchors, all): readonly Finding[] {
    const { features } = comparison
    const spell = classOf(features.session?.idleMinutes)
    const counts = countsOf(all, path(features), 0)
    if (spell === undefined || counts.total < least) return []
    const said = blend(
      tierNats(countsOf(anchors, path(features), 0), spell.others),
      tierNats(counts, spell.others),
    )
    const nats = Math.min(mostNats, said) - gapNats(comparison)
    return nats > 0 ? [{ code: 'session_idle', nats, support: Math.floor(counts.total) }] : []
  },
})
