import type { NetworkFacts, PlaceFacts } from '../facts.ts'

/** Light in glass covers 200 km in a millisecond, so that a round trip of one reaches 100 km at most. */
const kmPerMs = 100
/** Measured with a clock of whole milliseconds, twice. */
const clockMs = 2

/** Whether the browser answered faster than light could have come from where the databases place its address. */
export function outrunsLight({ place, roundTripMs }: NetworkFacts): boolean {
  if (place?.serverKm === undefined || roundTripMs === undefined) return false
  return place.serverKm - 2 * place.radiusKm > kmPerMs * (roundTripMs + clockMs)
}

/**
 * Where the person may be taken to be: not where the address belongs to a service or to a carrier's gateway, and not where the
 * round trip says that the database errs.
 */
export function settledPlace(network: NetworkFacts): PlaceFacts | undefined {
  const elsewhere = network.listed?.some(({ kind }) => kind !== 'blocked') === true
  return elsewhere || outrunsLight(network) ? undefined : network.place
}
