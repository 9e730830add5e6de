import type { CounterFacts, CounterRow } from '@newel/engine'
import type { ReceiptClaims } from '@newel/protocol'
import { recurringDigest12 } from './digests.ts'
import { normaliseAddress, prefixOf } from './network.ts'
import type { Call, Services } from './services.ts'
import type { Tenant } from './tenants.ts'

/** Keys of the decayed counters that a decision reads, as far as they are known: all are read in the one load. */
export type CounterKeys = { readonly [N in keyof CounterFacts]-?: string | undefined }

/** /16 or /32: where one operator's addresses lie side by side. */
const partOf = (prefix: string): string => prefix.split(/[.:]/).slice(0, 2).join('.')

/** The prefix is where the browser connected; what the back end says of the address serves where there is no receipt. */
export async function counterKeysFor(
  call: Call<unknown>,
  tenant: string,
  subject: string | undefined,
  receipt: ReceiptClaims | undefined,
  request: { readonly ip?: string | undefined; readonly user_agent?: string | undefined } | undefined,
): Promise<CounterKeys> {
  const ip = receipt?.seen.ip ?? normaliseAddress(request?.ip)
  const prefix = ip === undefined ? undefined : prefixOf(ip)
  const key = await call.services.tenants.digestKey(tenant)
  const near = prefix && (await recurringDigest12(key, 'prefix', prefix))
  const agent = request?.user_agent
  const client =
    prefix !== undefined && agent !== undefined
      ? await recurringDigest12(key, 'client', `${partOf(prefix)}\n${agent}`)
      : undefined
  const named = (kind: string, id: string | undefined): string | undefined =>
    id === undefined ? undefined : `${kind}:${id}`
  return {
    subjectFailures: named('subject', subject),
    deviceFailures: named('device', receipt?.jkt),
    prefixFailures: named('prefix', near),
    prefixSubjects: named('prefix-subjects', near),
    deviceSubjects: named('device-subjects', receipt?.jkt),
    clientSubjects: named('client-subjects', client),
    sensitiveActions: subject === undefined ? undefined : sensitiveKey(subject),
    sessionStarts: named('sessions', subject),
    sessionTimeouts: named('timeouts', subject),
  }
}

export const known = (keys: Partial<CounterKeys>): string[] =>
  Object.values(keys).filter((key) => key !== undefined)

/** What was read, and what this process has counted since. */
export const countersOf = (
  { tally }: Services,
  tenant: string,
  rows: readonly CounterRow[],
  keys: CounterKeys,
): Required<CounterFacts> =>
  Object.fromEntries(
    Object.entries(keys).map(([name, key]) => [
      name,
      key === undefined ? 0 : (rows.find((row) => row.key === key)?.value ?? 0) + tally.waiting(tenant, key),
    ]),
  ) as unknown as Required<CounterFacts>

const sensitiveKey = (subject: string): string => `actions:${subject}`

/** Counts what was done and is worth protecting, so that much of it in a short time shows. What was refused moves nothing. */
export function countSensitive(call: Call<unknown>, tenant: Tenant, action: string, subject: string): void {
  const { once, stakes_nats: stakes = 0 } = tenant.policy.actions.get(action) ?? {}
  if (once !== true && stakes <= 0) return
  const written = call.services.tally.add(tenant.id, sensitiveKey(subject), call.nowMs)
  if (written !== undefined) call.later('count', written)
}

/** What this process has counted of an erased subject is not to be written. */
export const forgetCounted = ({ tally }: Services, tenant: string, subject: string): void => {
  tally.forget(tenant, sensitiveKey(subject))
}

/** Below it, what an account failed before has decayed: it counts as one more that fails. */
const freshBelow = 0.5

/**
 * What a failed sign-in counts. An account counts once among those that fail from a place, until its own failures have decayed; a
 * name that is no account counts each time, since nobody knows which it was.
 */
export function failureKeys(keys: CounterKeys, rows: readonly CounterRow[]): string[] {
  const { subjectFailures, deviceFailures, prefixFailures, prefixSubjects, deviceSubjects, clientSubjects } =
    keys
  const before = rows.find(({ key }) => key === subjectFailures)?.value ?? 0
  return known({
    subjectFailures,
    deviceFailures,
    prefixFailures,
    ...(before < freshBelow && { prefixSubjects, deviceSubjects, clientSubjects }),
  })
}
