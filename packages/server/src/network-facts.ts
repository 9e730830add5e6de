import type { NetworkFacts } from '@newel/engine'
import { recurringDigest12 } from './digests.ts'
import type { FactSources } from './facts.ts'
import { prefixOf, readAddress, subscriberOf } from './network.ts'

/**
 * What is known of the connection, taken where the browser connected; what the back end says of its own request fills in only
 * where there is no envelope. What an edge knows of the connection goes before what files say of the address.
 */
export async function networkFacts(sources: FactSources): Promise<NetworkFacts> {
  const { request, receipt, envelopes, lookup, nowMs } = sources
  const connection = envelopes[0]?.connection
  const backEnd = readAddress(request.ip)?.plain
  const seen = connection?.ip ?? receipt?.seen.ip
  const ip = seen ?? backEnd
  if (ip === undefined) return {}
  const found = lookup?.lookup(ip, nowMs)
  const told = seen === undefined ? request.network : undefined
  const asn = connection?.asn ?? told?.asn ?? found?.asn
  const country = connection?.country ?? told?.country ?? found?.country
  const place = connection?.place ?? found?.place
  const listed = [...(connection?.listed ?? []), ...(found?.listed ?? [])]
  const wasAsked = connection?.listed !== undefined || found?.listed !== undefined
  const roundTripMs = leastRoundTrip(sources, ip)
  return {
    prefix: prefixOf(ip),
    // An IPv6 address changes daily for privacy (RFC 8981); what stays is the /64 of its line.
    address: await recurringDigest12(sources.digestKey, 'address', subscriberOf(ip) ?? ip),
    ...(asn !== undefined && { asn }),
    ...(country !== undefined && { country }),
    // One network counts as one address: IPv6 privacy addresses and dual stacks change more often than networks do.
    ...(seen !== undefined && backEnd !== undefined && { sameAddress: samePlace(seen, backEnd) }),
    ...(place !== undefined && { place }),
    ...(wasAsked && { listed }),
    ...(roundTripMs !== undefined && { roundTripMs }),
  }
}

/** The least that was measured from this address in the visit: what is added to it is delay of the page and its machine. */
function leastRoundTrip({ envelopes }: FactSources, ip: string): number | undefined {
  const measured = envelopes.flatMap(({ connection }) =>
    connection.ip === ip && connection.roundTripMs !== undefined ? [connection.roundTripMs] : [],
  )
  return measured.length === 0 ? undefined : Math.min(...measured)
}

/** Not comparable across address families: a browser may well use both at once. */
const samePlace = (a: string, b: string): boolean =>
  a.includes(':') !== b.includes(':') || prefixOf(a) === prefixOf(b)
