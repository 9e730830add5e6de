import type { AllowEntry, DenyEntry, ListMatch, ReasonCode } from '@newel/protocol'
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
  /** Of an explanation, which asks what if, and of no policy: the floor under a code goes with its evidence. */
  readonly liftsFloors?: true
  readonly source: AllowEntry | DenyEntry
}

/**
 * Reasons that an entry may remove: evidence, which then does not count, and audits. What is not named here stays, and so does each
 * floor, whatever its evidence: who is known here, what binds a request to its session, and what action, band, caller or
 * policy ask.
 */
export const removable = [
  'fingerprint_drifted',
  'fingerprint_unfamiliar',
  'screen_unfamiliar',
  'network_unfamiliar',
  'country_unfamiliar',
  'timezone_unfamiliar',
  'timezone_elsewhere',
  'place_unfamiliar',
  'travel_fast',
  'travel_impossible',
  'round_trip_long',
  'round_trip_short',
  'address_mismatch',
  'client_unfamiliar',
  'client_downgraded',
  'language_unfamiliar',
  'time_unfamiliar',
  'gap_long',
  'session_idle',
  'typing_unfamiliar',
  'typing_new_way',
  'free_text_unfamiliar',
  'pointer_unfamiliar',
  'navigation_unfamiliar',
  'signal_missing',
  'recent_failures',
  'device_failures',
  'prefix_failures',
  'spray_prefix',
  'spray_client',
  'spray_operator',
  'spray_device',
  'spray_fingerprint',
  'action_burst',
  'session_burst',
  'session_concurrent',
  'session_timeouts',
  'address_blocked',
  'address_anonymiser',
  'address_datacenter',
  'client_contradicts',
  'webdriver',
  'typing_replayed',
  'typing_jitterless',
  'keys_mechanical',
  'clicks_mechanical',
  'events_synthetic',
  'behaviour_replayed',
  'random_audit',
] as const satisfies readonly ReasonCode[]
const removableCodes: ReadonlySet<string> = new Set(removable)
export const isRemovable = (code: string): boolean => removableCodes.has(code)

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
