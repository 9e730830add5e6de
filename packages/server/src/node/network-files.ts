import { readFileSync } from 'node:fs'
import { Reader, type AsnResponse, type CountryResponse } from 'mmdb-lib'
import type { NetworkLookup } from '../options.ts'

/** MMDB files that the operator names; their licences are the operator's to keep. */
export interface NetworkFiles {
  readonly asn?: string
  readonly country?: string
}

/** ASN and country of an address from database files, read into memory once. Throws where a file cannot be read. */
export function openNetworkFiles(files: NetworkFiles): NetworkLookup {
  const asn = files.asn === undefined ? undefined : new Reader<AsnResponse>(readFileSync(files.asn))
  const country =
    files.country === undefined ? undefined : new Reader<CountryResponse>(readFileSync(files.country))
  return {
    lookup(ip) {
      const number = asn?.get(ip)?.autonomous_system_number
      const found = country?.get(ip)
      // Some CC0 files keep the code at the top.
      const code =
        found?.country?.iso_code ?? (found as { country_code?: string } | null | undefined)?.country_code
      return {
        ...(number !== undefined && { asn: number }),
        ...(code !== undefined && { country: code }),
      }
    },
  }
}
