import type { CounterFacts, CounterMark, CounterRow, CrowdPlace } from '@newel/engine'
import type { ReceiptClaims } from '@newel/protocol'
import { hmac } from './crypto.ts'
import { recurringDigest12 } from './digests.ts'
import { prefixOf, readAddress } from './network.ts'
import type { Call, Services } from './services.ts'
import type { Tenant } from './tenants.ts'

/** What a counter is about: a place where accounts sign in, or the subject. */
export type CounterName = CrowdPlace | 'subject' | 'actions' | 'sessions' | 'timeouts'

/** Keys of the counters that a decision reads, as far as they are known: all are read in the one load. */
export type CounterKeys = { readonly [N in CounterName]-?: string | undefined }

/** /16 or /32: where one operator's addresses lie side by side. */
const partOf = (prefix: string): string => prefix.split(/[.:]/).slice(0, 2).join('.')

/**
 * Places are where the browser connected; what the back end says of its request serves where there is no receipt.
 *
 * @param receipt one that verified: a claimed one would move and read the counters of whatever place it names
 */
export async function counterKeysFor(
  { nowMs, services }: Call<unknown>,
  tenant: Tenant,
  subject: string | undefined,
  receipt: ReceiptClaims | undefined,
  request:
    | {
        readonly ip?: string | undefined
        readonly user_agent?: string | undefined
        readonly network?: { readonly asn?: number | undefined } | undefined
      }
    | undefined,
): Promise<CounterKeys> {
  const seen = receipt?.seen.ip
  const ip = seen ?? readAddress(request?.ip)?.plain
  const prefix = ip === undefined ? undefined : prefixOf(ip)
  const told = seen === undefined ? request?.network?.asn : receipt?.seen.asn
  const asn = told ?? (ip === undefined ? undefined : services.lookup?.lookup(ip, nowMs)?.asn)
  const key = tenant.stable.digest
  const near = prefix && (await recurringDigest12(key, 'prefix', prefix))
  const agent = request?.user_agent
  const client =
    prefix !== undefined && agent !== undefined
      ? await recurringDigest12(key, 'client', `${partOf(prefix)}\n${agent}`)
      : undefined
  const named = (kind: CounterName, id: string | number | undefined): string | undefined =>
    id === undefined ? undefined : `${kind}:${id}`
  return {
    prefix: named('prefix', near),
    client: named('client', client),
    operator: named('operator', asn),
    device: named('device', receipt?.jkt),
    fingerprint: named('fingerprint', receipt?.print),
    subject: named('subject', subject),
    actions: subject === undefined ? undefined : sensitiveKey(subject),
    sessions: named('sessions', subject),
    timeouts: named('timeouts', subject),
  }
}

export const known = (keys: Partial<CounterKeys>): string[] =>
  Object.values(keys).filter((key) => key !== undefined)

const places: readonly CrowdPlace[] = ['prefix', 'client', 'operator', 'device', 'fingerprint']

/** What was read, and what this process has counted since; a place where nobody was lately is left out. */
export function countersOf(
  { tally }: Services,
  tenant: string,
  rows: readonly CounterRow[],
  keys: CounterKeys,
): CounterFacts {
  const rowOf = (name: CounterName): CounterRow | undefined => rows.find(({ key }) => key === keys[name])
  const value = (name: CounterName): number => {
    const key = keys[name]
    return key === undefined ? 0 : (rowOf(name)?.value ?? 0) + tally.waiting(tenant, key)
  }
  const crowds = places.flatMap((place) => {
    const { failed = 0, passed = 0 } = rowOf(place) ?? {}
    return failed + passed > 0 ? [[place, [failed, passed]] as const] : []
  })
  return {
    subjectFailures: value('subject'),
    deviceFailures: value('device'),
    prefixFailures: value('prefix'),
    ...(crowds.length > 0 && { crowds: Object.fromEntries(crowds) }),
    sensitiveActions: value('actions'),
    sessionStarts: value('sessions'),
    sessionTimeouts: value('timeouts'),
  }
}

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

/** Where crowds are counted: whole numbers of 52 bits, see `CounterMark`. */
const accountPlaces = 52

/** The same of an account whenever it comes again, and known to nobody outside. */
async function placeOf(tenant: Tenant, who: string): Promise<number> {
  const [high = 0, low = 0] = await hmac(tenant.stable.digest, `account\n${who}`)
  return (high * 256 + low) % accountPlaces
}

/**
 * What a failed sign-in counts: once more each, by one more account wherever it had not failed yet.
 *
 * @param who the account; for a name that is no account something of its own, as nobody knows which it was
 */
export async function failureMarks(tenant: Tenant, keys: CounterKeys, who: string): Promise<CounterMark[]> {
  const { prefix, client, operator, device, fingerprint, subject } = keys
  const failed = await placeOf(tenant, who)
  return [
    ...known({ subject }).map((key): CounterMark => ({ key, adds: 1 })),
    ...known({ prefix, client, operator, device, fingerprint }).map((key): CounterMark => ({
      key,
      adds: 1,
      failed,
    })),
  ]
}

/**
 * What a session counts that begins: one more of the account, and the account where it belongs.
 *
 * @param belongs not of an account that was made a moment ago: who makes them by the dozen shows nothing by signing in to them
 */
export async function startMarks(
  tenant: Tenant,
  keys: CounterKeys,
  subject: string,
  belongs: boolean,
): Promise<CounterMark[]> {
  const { prefix, client, operator, device, fingerprint, sessions } = keys
  const began = known({ sessions }).map((key): CounterMark => ({ key, adds: 1 }))
  if (!belongs) return began
  const passed = await placeOf(tenant, subject)
  const marks = known({ prefix, client, operator, device, fingerprint }).map((key): CounterMark => ({
    key,
    adds: 0,
    passed,
  }))
  return [...began, ...marks]
}
