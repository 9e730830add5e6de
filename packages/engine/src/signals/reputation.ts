import type { Finding } from '../evidence/groups.ts'
import type { Features, ListHit, ListKind, NetworkFacts } from '../facts.ts'
import { ln } from '../math/ln.ts'
import { pow } from '../math/pow.ts'
import { tokenOf } from '../profile/token.ts'
import { countsOf, type ValueTree } from '../profile/value-tree.ts'
import { unseenMass } from '../evidence/frequency.ts'
import { blend, defineComparator } from './comparator.ts'
import { treeSection } from './tree-section.ts'

/**
 * Share of attackers and of people who come from such addresses. `blocked` is the factor of ten between listed and other
 * addresses of the Keystone plug-in after Freeman et al.; the others are own estimates.
 */
const kinds = {
  blocked: { attackers: 0.5, people: 0.05, halfLifeDays: 14 },
  tor: { attackers: 0.05, people: 0.003, halfLifeDays: 7 },
  anonymiser: { attackers: 0.2, people: 0.05, halfLifeDays: 60 },
  datacenter: { attackers: 0.15, people: 0.03, halfLifeDays: 180 },
} as const
type Suspect = keyof typeof kinds
const habits = ['tor', 'anonymiser', 'datacenter'] as const satisfies readonly Suspect[]
/** Most that one kind says. */
const mostNats = 2.3

const isSuspect = (kind: ListKind): kind is Suspect => Object.hasOwn(kinds, kind)

/** How much a hit is to be believed now, 0 to 1: addresses change hands, so trust in a list halves with its age. */
export function trustOf({ kind, weightPercent, ageDays }: ListHit): number {
  if (!isSuspect(kind)) return 0
  const weight = Math.min(1, Math.max(0, weightPercent / 100))
  return weight * pow(2, -Math.max(0, ageDays) / kinds[kind].halfLifeDays)
}

/** Lists copy from each other, so that the most trusted one of a kind counts alone. */
const trustIn = ({ listed = [] }: NetworkFacts, kind: Suspect): number =>
  Math.max(0, ...listed.filter((hit) => hit.kind === kind).map(trustOf))

/** What an address is used for, as a habit: the kind that says most of who uses it. */
const habitOf = ({ listed }: NetworkFacts): (typeof habits)[number] | 'none' | undefined =>
  listed === undefined
    ? undefined
    : (habits.find((kind) => listed.some((hit) => hit.kind === kind)) ?? 'none')

const path = ({ network }: Pick<Features, 'network'>) => [tokenOf(habitOf(network))]

/** p(kind | this subject): its own share, and of what it never showed the share that people have of the unseen. */
function ownShare(tree: ValueTree, kind: (typeof habits)[number]): number {
  const counts = countsOf(tree, [tokenOf(kind)], 0)
  const { people } = kinds[kind]
  if (counts.total === 0) return people
  const mass = unseenMass(counts, 0)
  const unseen = habits.filter((each) => countsOf(tree, [tokenOf(each)], 0).count === 0)
  const among = unseen.reduce((sum, each) => sum + kinds[each].people, 0)
  const seen = ((1 - mass) * counts.count) / counts.total
  return Math.max(people, counts.count > 0 ? seen : (mass * people) / among)
}

/** ln of the ratio, where the list is right with probability `trust` and says nothing otherwise; never below zero. */
const suspicion = (trust: number, attackers: number, subject: number): number =>
  Math.min(mostNats, Math.max(0, ln(1 - trust + (trust * attackers) / subject)))

/**
 * What lists say of the address. A blocked one counts against everybody; services that hide or lend addresses count against
 * the subject's own habit, so that who always comes through one is not doubted for it. Never calms.
 */
export const reputation = defineComparator<ValueTree>({
  id: 'reputation@1',
  group: 'attack',
  section: treeSection(1, 4, path),
  compare({ features: { network } }, anchors, all): readonly Finding[] {
    const findings: Finding[] = []
    const blocked = suspicion(trustIn(network, 'blocked'), kinds.blocked.attackers, kinds.blocked.people)
    if (blocked > 0) findings.push({ code: 'address_blocked', nats: blocked, support: 0 })
    const habit = habitOf(network)
    if (habit === undefined || habit === 'none') return findings
    const trust = trustIn(network, habit)
    const { attackers } = kinds[habit]
    const nats = blend(
      suspicion(trust, attackers, ownShare(anchors, habit)),
      suspicion(trust, attackers, ownShare(all, habit)),
    )
    const support = countsOf(all, path({ network }), 0).total
    if (nats > 0)
      findings.push({
        code: habit === 'datacenter' ? 'address_datacenter' : 'address_anonymiser',
        nats,
        support,
      })
    return findings
  },
})
