import { reasons, type AllowEntry, type DenyEntry, type ListMatch, type ReasonCode } from '@newel/protocol'
import { isProven, type Situation } from '../decide/situation.ts'
import { contains, parseCidr, type Network } from './cidr.ts'

/** An entry of a list, ready to be compared. */
export interface CompiledEntry {
  readonly id: string
  readonly kind: 'allow' | 'deny'
  readonly match: Omit<ListMatch, 'network'>
  readonly network?: Network
  /** The entry holds before this time, in milliseconds since 1970. */
  readonly untilMs: number
  /** Codes whose evidence does not count; none for an entry that denies. */
  readonly removes: readonly ReasonCode[]
  readonly source: AllowEntry | DenyEntry
}

/**
 * Reasons that no entry removes: what says who is known here, what binds a request to its session, and what action, band,
 * caller or policy ask.
 */
export const unremovable: readonly ReasonCode[] = [
  'device_key_unknown',
  'device_key_ephemeral',
  'device_weakly_known',
  'session_key_changed',
  'receipt_replayed',
  'proof_reused',
  'sticky_demand',
  'subject_new',
  'subject_unseen',
  'subject_enrolling',
  'action_floor',
  'band',
  'caller_requirement',
  'session_assurance',
  'unmet',
  'observe',
  'random_audit',
  'rule_failed',
]
export const removable: readonly string[] = (Object.keys(reasons) as ReasonCode[]).filter(
  (code) => !unremovable.includes(code),
)

/** An entry that allows says nothing of a device whose key was only named: anybody can name it. */
function fits(entry: CompiledEntry, { facts, subject }: Situation, network: Network | undefined): boolean {
  const { match } = entry
  if (match.subject !== undefined && match.subject !== subject) return false
  if (match.asn !== undefined && match.asn !== facts.network.asn) return false
  if (match.country !== undefined && match.country !== facts.network.country) return false
  if (match.device !== undefined) {
    if (match.device !== facts.device.jkt) return false
    if (entry.kind === 'allow' && !isProven(facts)) return false
  }
  if (entry.network === undefined) return true
  return network !== undefined && contains(entry.network, network)
}

/** Entries that are about a request and have not expired, in the order of the policy. */
export function matchEntries(
  entries: readonly CompiledEntry[],
  situation: Situation,
): readonly CompiledEntry[] {
  if (entries.length === 0) return entries
  const { prefix } = situation.facts.network
  const network = prefix === undefined ? undefined : parseCidr(prefix)
  const { nowMs } = situation.facts
  return entries.filter((entry) => entry.untilMs > nowMs && fits(entry, situation, network))
}
