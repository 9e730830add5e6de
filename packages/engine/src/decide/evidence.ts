import type { Background } from '../background/background.ts'
import type { Evidence } from '../evidence/groups.ts'
import type { Facts, Grant } from '../facts.ts'
import { toMicroNats } from '../math/micro-nats.ts'
import type { Profile } from '../profile/profile.ts'
import { comparators } from '../signals/index.ts'
import type { Comparison } from '../signals/comparator.ts'
import { featuresOf } from './features.ts'

export interface EvidenceInput {
  readonly facts: Facts
  readonly profile: Profile
  /** Its anchors with what waits. */
  readonly all: ReadonlyMap<string, unknown>
  readonly background: Background
  readonly grants: readonly Grant[]
  readonly hasKeys: boolean
}

/** Everything the comparators say, in the order of their ids. */
export function gatherEvidence({
  facts,
  profile,
  all,
  background,
  grants,
  hasKeys,
}: EvidenceInput): readonly Evidence[] {
  const comparison: Comparison = {
    facts,
    features: featuresOf(facts),
    background,
    sessions: profile.history.sessions,
    firstMs: profile.history.firstMs,
    lastMs: profile.history.lastMs,
    devices: profile.devices.entries,
    statistics: profile.devices.statistics,
    forgotten: profile.devices.forgotten,
    grants,
    hasKeys,
  }
  const evidence: Evidence[] = []
  for (const comparator of comparators) {
    const { id, group, reads = id } = comparator
    const findings = comparator.compare(comparison, profile.anchors.get(reads), all.get(reads))
    for (const { code, nats, support } of findings)
      evidence.push({ comparator: id, group, code, micro: toMicroNats(nats), support: Math.floor(support) })
  }
  return evidence
}
