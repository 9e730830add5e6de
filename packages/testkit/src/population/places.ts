import type { SeededRandom } from '../random.ts'
import { mix, pick, rounded, streamOf, zipf, type Weighed } from './draw.ts'

export interface Country {
  readonly code: string
  readonly zone: string
  readonly offsetMinutes: number
  readonly languages: readonly string[]
  /** Where its numbers of networks begin: 64 a country. */
  readonly firstAsn: number
}

/** Where a connection comes from. */
export interface Place {
  readonly ip: string
  readonly asn: number
  readonly country: string
  readonly region: string
  readonly city: string
}

const row = (
  code: string,
  weight: number,
  zone: string,
  offsetMinutes: number,
  ...languages: readonly string[]
): Weighed<Omit<Country, 'firstAsn'>> => ({ value: { code, zone, offsetMinutes, languages }, weight })

/** Shares of the public data set's rows for the first five; its other 224 countries by a few, and a tail. */
const named = [
  row('NO', 42.3, 'Europe/Oslo', 60, 'nb-NO', 'nb', 'no', 'en'),
  row('US', 27.8, 'America/New_York', -300, 'en-US', 'en'),
  row('RU', 5.4, 'Europe/Moscow', 180, 'ru-RU', 'ru'),
  row('BR', 3.8, 'America/Sao_Paulo', -180, 'pt-BR', 'pt'),
  row('DE', 2.9, 'Europe/Berlin', 60, 'de-DE', 'de', 'en'),
  row('GB', 1.9, 'Europe/London', 0, 'en-GB', 'en'),
  row('SE', 1.6, 'Europe/Stockholm', 60, 'sv-SE', 'sv', 'en'),
  row('FR', 1.4, 'Europe/Paris', 60, 'fr-FR', 'fr'),
  row('IN', 1.3, 'Asia/Kolkata', 330, 'en-IN', 'hi'),
  row('PL', 1.1, 'Europe/Warsaw', 60, 'pl-PL', 'pl'),
  row('JP', 0.9, 'Asia/Tokyo', 540, 'ja'),
  row('ID', 0.8, 'Asia/Jakarta', 420, 'id-ID', 'id'),
  row('UA', 0.8, 'Europe/Kyiv', 120, 'uk-UA', 'uk', 'ru'),
]
const tail =
  'AE AR AT AU BE BG BO CA CH CL CN CO CR CZ DK DO DZ EC EE EG ES FI GE GH GR HK HR HU IE IL IS IT KE KR KZ LT LU LV MA MX MY NG NL NZ PE PH PK PT RO RS SA SG SI SK TH TN TR TW VN ZA'
    .split(' ')
    .map((code, i) => row(code, 0.26 / (1 + i / 20), 'UTC', 0, 'en'))
const countries: readonly Weighed<Country>[] = [...named, ...tail].map(({ value, weight }, i) => ({
  value: { ...value, firstAsn: 1000 + 64 * i },
  weight,
}))

export const drawCountry = (random: SeededRandom): Country => pick(random, countries)

/** Attackers take any country, whatever its share of the owners. */
export const anyCountry = (random: SeededRandom): Country => countries[random.below(countries.length)]!.value

const cities = 8
const accessNetworks = 8
const mobileNetworks = 3

export const drawCity = (random: SeededRandom): number => zipf(random, cities)
export const accessNetwork = (country: Country, random: SeededRandom): number =>
  country.firstAsn + zipf(random, accessNetworks)
export const mobileNetwork = (country: Country, random: SeededRandom): number =>
  country.firstAsn + 16 + zipf(random, mobileNetworks)
export const workNetwork = (country: Country, random: SeededRandom): number =>
  country.firstAsn + 24 + random.below(32)
/** Where attackers rent machines. */
export const hostingNetwork = (country: Country, random: SeededRandom): number =>
  country.firstAsn + 60 + random.below(4)

/** An IPv4 address in the /24 that a number of an operator's network names; made up, but the same everywhere. */
export function addressIn(asn: number, network: number, host: number): string {
  const hash = mix(asn, network)
  // 11.0.0.0 to 126.255.255.255: neither private nor loopback nor multicast.
  return `${11 + (hash % 116)}.${(hash >>> 8) & 255}.${(hash >>> 16) & 255}.${1 + (host % 254)}`
}

export const placeIn = (
  country: Country,
  city: number,
  asn: number,
  network: number,
  host: number,
): Place => ({
  ip: addressIn(asn, network, host),
  asn,
  country: country.code,
  region: `${country.code}-${Math.floor(city / 2) + 1}`,
  city: `${country.code} city ${city + 1}`,
})

/** Round trip to a server in Norway, by how far the country's clock is from it; a few milliseconds of its own. */
export function roundTripMs(country: Country, random: SeededRandom): number {
  const hours = Math.abs(country.offsetMinutes - 60) / 60
  return 12 + rounded(random, 22 * hours + 18 * random.next() * random.next())
}

/** Networks of a city: each operator has 32 there. */
export const networkOfCity = (city: number, random: SeededRandom): number => city * 32 + random.below(32)

/** The addresses that attackers rent: a bounded pool, from which a blocklist is made. */
export const attackPool = 4000
export function attackPlace(seed: number, index: number): Place {
  const random = streamOf(seed, 7, index % attackPool)
  const country = anyCountry(random)
  const city = drawCity(random)
  return placeIn(country, city, hostingNetwork(country, random), random.below(200), random.below(254))
}
export const isAttackAddress = (seed: number): ((ip: string) => boolean) => {
  const pool = new Set(Array.from({ length: attackPool }, (_, i) => attackPlace(seed, i).ip))
  return (ip) => pool.has(ip)
}
