import { lnMixed } from '../math/logistic.ts'
import { toMicroNats, toNats, type MicroNats } from '../math/micro-nats.ts'
import {
  browserCopy,
  claimedCopy,
  groupNames,
  groups,
  provenKeyCopy,
  type Evidence,
  type Group,
} from './groups.ts'

/**
 * What one group says: `e = ln(c + (1 − c)·exp(L))`, capped above by the group's maximum. L is the sum of its findings;
 * c the share of attackers who can copy them. Attack, absence and the lack of a key pass no copy formula and never calm.
 */
export function groupNats(group: Group, sum: MicroNats, keyProven: boolean): MicroNats {
  const { copy, maxNats } = groups[group]
  const most = toMicroNats(maxNats)
  if (group === 'attack' || group === 'absence' || group === 'key') return Math.min(Math.max(0, sum), most)
  const share = group === 'device' && keyProven ? provenKeyCopy : copy
  return Math.min(toMicroNats(lnMixed(share, toNats(sum))), most)
}

/**
 * What device and client, who both calm without a proven key, count twice: `ln(c + (1 − c)·exp(L_d + L_c)) − e_d − e_c`, never
 * below zero. One act copies both, and two formulas would take it for two. What alarms is no part of it: who imitates the name
 * of a browser has not its screen.
 */
function copiedTwice(
  sums: Readonly<Record<Group, MicroNats>>,
  said: Readonly<Record<Group, MicroNats>>,
): MicroNats {
  if (said.device >= 0 || said.client >= 0) return 0
  const together = toMicroNats(lnMixed(browserCopy, toNats(sums.device + sums.client)))
  return Math.max(0, together - said.device - said.client)
}

export interface Combined {
  /** Sum of the findings of each group. */
  readonly sums: Readonly<Record<Group, MicroNats>>
  /** What each group says of its sum, before its weight. */
  readonly groups: Readonly<Record<Group, MicroNats>>
  /** Weighed groups that stand apart: attack, the lack of a key, and a device key that is on record and proven. */
  readonly apart: MicroNats
  /** What device and client calm twice by one copy, weighed as the lighter of them; 0 with a proven key. */
  readonly copiedTwice: MicroNats
  /** Weighed groups of what is merely claimed and `copiedTwice`, together: before and after the share that can copy all of it. */
  readonly claimed: MicroNats
  readonly claimedSaid: MicroNats
  readonly nats: MicroNats
}

/**
 * `nats = w_a·e_attack + w_k·e_key + [key on record and proven]·w_d·e_device + ln(0.05 + 0.95·exp(t + Σ w_g·e_g))`, the last sum
 * over all other groups, `t` what two of them count twice (design, section 4). Integers throughout, so that the order of the
 * evidence means nothing.
 *
 * @param keyProven a device key is on record for the subject and was proven in this request
 */
export function combine(
  evidence: readonly Pick<Evidence, 'group' | 'micro'>[],
  weights: Readonly<Record<Group, number>>,
  keyProven: boolean,
): Combined {
  const sums = Object.fromEntries(groupNames.map((group) => [group, 0])) as Record<Group, MicroNats>
  const present = new Set<Group>()
  for (const { group, micro } of evidence) {
    sums[group] += micro
    present.add(group)
  }
  const said = { ...sums }
  for (const group of groupNames)
    said[group] = present.has(group) ? groupNats(group, sums[group], keyProven) : 0

  const weighed = (group: Group): MicroNats => Math.round(weights[group] * said[group])
  let apart = weighed('attack') + weighed('key')
  // By the lighter weight, so that no finding which rises lowers the sum.
  const twice = keyProven ? 0 : Math.round(Math.min(weights.device, weights.client) * copiedTwice(sums, said))
  let claimed = twice
  for (const group of groupNames) {
    if (group === 'attack' || group === 'key') continue
    if (group === 'device' && keyProven) apart += weighed(group)
    else claimed += weighed(group)
  }
  const claimedSaid = toMicroNats(lnMixed(claimedCopy, toNats(claimed)))
  const nats = apart + claimedSaid + 0
  return { sums, groups: said, apart, copiedTwice: twice, claimed, claimedSaid, nats }
}
