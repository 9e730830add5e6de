import type { CounterFacts, CounterRow } from '@newel/engine'
import type { ReceiptClaims } from '@newel/protocol'
import { recurringDigest12 } from './digests.ts'
import { normaliseAddress, prefixOf } from './network.ts'
import type { Call } from './services.ts'

/** Keys of the decayed counters that a decision reads, as far as they are known. */
export interface CounterKeys {
  readonly subject: string | undefined
  readonly device: string | undefined
  readonly prefix: string | undefined
}

/** The prefix is where the browser connected; what the back end says of the address serves where there is no receipt. */
export async function counterKeysFor(
  call: Call<unknown>,
  tenant: string,
  subject: string | undefined,
  receipt: ReceiptClaims | undefined,
  backEndIp: string | undefined,
): Promise<CounterKeys> {
  const ip = receipt?.seen.ip ?? normaliseAddress(backEndIp)
  const digestOf = async (prefix: string): Promise<string> =>
    recurringDigest12(await call.services.tenants.digestKey(tenant), 'prefix', prefix)
  return {
    subject: subject === undefined ? undefined : `subject:${subject}`,
    device: receipt && `device:${receipt.jkt}`,
    prefix: ip === undefined ? undefined : `prefix:${await digestOf(prefixOf(ip))}`,
  }
}

export const known = (keys: CounterKeys): string[] =>
  [keys.subject, keys.device, keys.prefix].filter((key) => key !== undefined)

export function countersOf(rows: readonly CounterRow[], keys: CounterKeys): CounterFacts {
  const valueOf = (key: string | undefined): number => rows.find((row) => row.key === key)?.value ?? 0
  return {
    subjectFailures: valueOf(keys.subject),
    deviceFailures: valueOf(keys.device),
    prefixFailures: valueOf(keys.prefix),
  }
}
