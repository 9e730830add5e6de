import { distanceKm } from '@newel/engine'
import type { ListHit, ListKind, PlaceFacts, Point } from '@newel/engine'
import { Reader, type Response } from 'mmdb-lib'
import { readFileSync } from 'node:fs'
import { createLru } from '../lru.ts'
import type { Logger, NetworkLookup, NetworkRecord } from '../options.ts'
import { openList, type NetworkListFile } from './lists/lists.ts'

/** MMDB files and lists that the operator names; their licences are the operator's to keep. */
export interface NetworkFiles {
  readonly asn?: string
  readonly country?: string
  /** Coordinates, city and region; and the country, where `country` is not given. */
  readonly city?: string
  /** What an address is used for, such as MaxMind's Anonymous IP. */
  readonly anonymiser?: string
  readonly lists?: readonly NetworkListFile[]
  /** Where this server stands: with a measured round trip, it tells which places of addresses cannot be true. */
  readonly server?: Point
}

interface Names {
  readonly iso_code?: unknown
  readonly names?: { readonly en?: unknown }
}
/** Members that one or another kind of file has; some keep them at the top. Nothing of it is trusted to have its type. */
interface Found {
  readonly autonomous_system_number?: unknown
  readonly country?: Names
  readonly country_code?: unknown
  readonly subdivisions?: readonly Names[]
  readonly state1?: unknown
  readonly city?: Names | string
  readonly location?: {
    readonly latitude?: unknown
    readonly longitude?: unknown
    readonly accuracy_radius?: unknown
  }
  readonly latitude?: unknown
  readonly longitude?: unknown
  readonly is_tor_exit_node?: unknown
  readonly is_anonymous?: unknown
  readonly is_anonymous_vpn?: unknown
  readonly is_public_proxy?: unknown
  readonly is_residential_proxy?: unknown
  readonly is_hosting_provider?: unknown
}

/** A database that says nothing of an address says so with null. */
type Source = (ip: string) => Found | null

interface Opened {
  readonly find: Source
  /** When the file was made. */
  readonly builtAtMs: number
}

/** A file that cannot be opened. */
export class NetworkFileError extends Error {
  override readonly name = 'NetworkFileError'
  /** The member of {@link NetworkFiles} that names it. */
  readonly option: Exclude<keyof NetworkFiles, 'server'>

  constructor(option: NetworkFileError['option'], cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.option = option
  }
}

function opening<T>(option: NetworkFileError['option'], open: () => T): T {
  try {
    return open()
  } catch (error) {
    throw new NetworkFileError(option, error)
  }
}

/** @throws Error that names the file: what the library says of one that it cannot read are offsets. */
function readerOf(file: string): Reader<Response> {
  const content = readFileSync(file)
  try {
    return new Reader<Response>(content)
  } catch (error) {
    throw new Error(`${file} is no MaxMind DB file, or a broken one`, { cause: error })
  }
}

function open(files: NetworkFiles, option: Exclude<NetworkFileError['option'], 'lists'>): Opened | undefined {
  const file = files[option]
  if (file === undefined) return undefined
  const reader = opening(option, () => readerOf(file))
  return {
    find: (ip) => reader.get(ip) as Found | null,
    builtAtMs: Number(reader.metadata.buildEpoch) || 0,
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined
const numberOf = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

const countryOf = (found: Found | null | undefined): string | undefined => {
  const code = textOf(found?.country?.iso_code) ?? textOf(found?.country_code)
  return code !== undefined && /^[A-Z]{2}$/.test(code) ? code : undefined
}

/** Where the database names a town, and says nothing of its accuracy. */
const townKm = 100
/** A country's middle, or what two databases disagree about. */
const vagueKm = 1000

function placeOf(
  found: Found | null | undefined,
  disputed: boolean,
  server: Point | undefined,
): PlaceFacts | undefined {
  const latitude = numberOf(found?.location?.latitude ?? found?.latitude)
  const longitude = numberOf(found?.location?.longitude ?? found?.longitude)
  if (latitude === undefined || longitude === undefined) return undefined
  const city = typeof found?.city === 'object' ? textOf(found.city.names?.en) : textOf(found?.city)
  const region = textOf(found?.subdivisions?.[0]?.iso_code) ?? textOf(found?.state1)
  const accuracy = numberOf(found?.location?.accuracy_radius) ?? (city === undefined ? vagueKm : townKm)
  return {
    latitude,
    longitude,
    radiusKm: disputed ? Math.max(vagueKm, accuracy) : accuracy,
    ...(region !== undefined && { region }),
    ...(city !== undefined && { city }),
    ...(server !== undefined && { serverKm: Math.round(distanceKm({ latitude, longitude }, server)) }),
  }
}

/** What such a file says of an address, as a list would. */
function useOf(found: Found | null | undefined): ListKind | undefined {
  if (found === null || found === undefined) return undefined
  if (found.is_tor_exit_node === true) return 'tor'
  const hides = [found.is_anonymous_vpn, found.is_public_proxy, found.is_residential_proxy]
  if (hides.includes(true)) return 'anonymiser'
  if (found.is_hosting_provider === true) return 'datacenter'
  return found.is_anonymous === true ? 'anonymiser' : undefined
}

const severity: readonly ListKind[] = ['blocked', 'tor', 'anonymiser', 'datacenter', 'mobile']
/** The weightiest first, for who reads a record. */
const byWeight = (a: ListHit, b: ListHit): number =>
  severity.indexOf(a.kind) - severity.indexOf(b.kind) ||
  b.weightPercent - a.weightPercent ||
  a.ageDays - b.ageDays ||
  (a.list < b.list ? -1 : 1)

const dayMs = 86_400_000

type Standing = Omit<NetworkRecord, 'listed'> & { readonly use?: ListKind }

/**
 * What is known of an address, from database files and lists that are read into memory once. Where two databases name
 * different countries, the one for countries counts, and the place of the other is vague.
 *
 * @param logger is told which lists have lines that cannot be read (`list_unread`), and how many
 * @throws NetworkFileError where a file cannot be opened
 */
export function openNetworkFiles(files: NetworkFiles, logger?: Logger): NetworkLookup {
  const asn = open(files, 'asn')
  const country = open(files, 'country')
  const city = open(files, 'city')
  const anonymiser = open(files, 'anonymiser')
  const lists = opening('lists', () => (files.lists ?? []).map(openList))
  for (const { id, unread } of lists)
    if (unread > 0) logger?.log('warn', 'list_unread', { list: id, lines: unread })
  const tellsUse = anonymiser !== undefined || lists.length > 0
  // Without lists, whose answers age.
  const standing = createLru<string, Standing>(4096)

  function read(ip: string): Standing {
    const known = standing.get(ip)
    if (known !== undefined) return known
    const number = numberOf(asn?.find(ip)?.autonomous_system_number)
    const located = city?.find(ip)
    const [named, alsoNamed] = [countryOf(country?.find(ip)), countryOf(located)]
    const code = named ?? alsoNamed
    const disputed = named !== undefined && alsoNamed !== undefined && named !== alsoNamed
    const place = placeOf(located, disputed, files.server)
    const use = useOf(anonymiser?.find(ip))
    const found = {
      ...(number !== undefined && { asn: number }),
      ...(code !== undefined && { country: code }),
      ...(place !== undefined && { place }),
      ...(use !== undefined && { use }),
    }
    standing.set(ip, found)
    return found
  }

  return {
    lookup(ip, nowMs) {
      const { use, ...found } = read(ip)
      if (!tellsUse) return found
      const hits = lists.flatMap((list) => list.hit(ip, found.asn, nowMs) ?? [])
      if (use !== undefined && anonymiser !== undefined) {
        const ageDays = Math.max(0, Math.floor((nowMs - anonymiser.builtAtMs) / dayMs))
        hits.push({
          list: 'anonymiser_file',
          version: new Date(anonymiser.builtAtMs).toISOString().slice(0, 10),
          kind: use,
          weightPercent: 100,
          ageDays,
        })
      }
      return { ...found, listed: hits.sort(byWeight) }
    },
  }
}
