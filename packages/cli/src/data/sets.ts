/** A set of data that may be fetched: who makes it, under which terms, and where it lies. */
export interface DataSet {
  readonly id: string
  readonly file: string
  /** What it tells of an address, for people. */
  readonly about: string
  /** Key of the configuration that takes the file. */
  readonly key: 'asn_file' | 'country_file'
  /** SPDX identifier. Only what asks for nothing in return is fetched. */
  readonly licence: 'CC0-1.0' | 'PDDL-1.0'
  readonly source: string
  /** Of the newest one. */
  readonly url: string
  /** The maker's own SHA-256 of it: 64 hex digits, then anything. */
  readonly checksumUrl: string
  /** More than this is refused. */
  readonly maxBytes: number
}

const releases = 'https://github.com/sapics/ip-location-db/releases/download'
const source = 'https://github.com/sapics/ip-location-db'
const mebibyte = 1024 * 1024

/**
 * What `newel data fetch` fetches by default. Both are dedicated to the public domain (Open Data Commons PDDL), so they may be
 * used without credit and mixed with anything. Sets with terms of their own (GeoLite2, DB-IP, IPLocate, most lists of VPNs and
 * attackers) are the operator's to choose and to fetch.
 */
export const dataSets: readonly DataSet[] = [
  {
    id: 'country',
    file: 'user-country.mmdb',
    about: 'country of an address',
    key: 'country_file',
    licence: 'PDDL-1.0',
    source,
    url: `${releases}/latest/user-country.mmdb`,
    checksumUrl: `${releases}/checksum/user-country.mmdb.sha256`,
    maxBytes: 128 * mebibyte,
  },
  {
    id: 'asn',
    file: 'origin-asn.mmdb',
    about: 'operator (ASN) of an address',
    key: 'asn_file',
    licence: 'PDDL-1.0',
    source,
    url: `${releases}/latest/origin-asn.mmdb`,
    checksumUrl: `${releases}/checksum/origin-asn.mmdb.sha256`,
    maxBytes: 128 * mebibyte,
  },
]
