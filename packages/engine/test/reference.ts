/** The runtime's own functions, to compare with; the engine itself may not use them. */
export const { log, exp, pow } = Math

/** Haversine formula, in kilometres: another way to the engine's own distance. */
export function haversineKm(
  a: { readonly latitude: number; readonly longitude: number },
  b: typeof a,
): number {
  const { sin, cos, asin, sqrt, min, PI } = Math
  const rad = (degrees: number): number => (degrees * PI) / 180
  const halfLatitude = sin(rad(b.latitude - a.latitude) / 2)
  const halfLongitude = sin(rad(b.longitude - a.longitude) / 2)
  const h =
    halfLatitude * halfLatitude + cos(rad(a.latitude)) * cos(rad(b.latitude)) * halfLongitude * halfLongitude
  return 2 * 6371.0088 * asin(min(1, sqrt(h)))
}

/** Minutes from UTC that a zone's clock shows, by the runtime's own database. */
function offsetOf(zone: string, atMs: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(atMs)
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value)
  const shown = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
  return Math.round((shown - atMs) / 60_000)
}

/** `getTimeZones` of ECMA-402's locale information, which the library's types do not know yet. */
const zonesOf = (country: string): readonly string[] =>
  (new Intl.Locale(`und-${country}`) as unknown as { getTimeZones(): readonly string[] }).getTimeZones()

/** Offsets in minutes that clocks of a country show in 2026, by the runtime's own time zone database. */
export const zoneOffsetsOf = (country: string): readonly number[] =>
  [
    ...new Set(
      zonesOf(country).flatMap((zone) =>
        Array.from({ length: 12 }, (_, month) => offsetOf(zone, Date.UTC(2026, month, 15, 12))),
      ),
    ),
  ].sort((a, b) => a - b)
