import type { OpRow } from '@newel/engine'
import { equalInConstantTime, sha256, sealText, unsealText } from './crypto.ts'
import { ProblemError } from './problem.ts'
import type { Answer, Call, Services } from './services.ts'
import { tenantOfKey, type Tenant } from './tenants.ts'

/** Tenant that the secret key names; nothing is known of the key yet. */
export function claimedTenant(call: Call<unknown>): string {
  const tenant = tenantOfKey(bearer(call.request), 'sk')
  if (tenant === undefined) throw new ProblemError('invalid_api_key')
  return tenant
}

const bearer = (request: Request): string | undefined =>
  /^Bearer ([A-Za-z0-9_-]{1,256})$/i.exec(request.headers.get('authorization') ?? '')?.[1]

/** Keys that were shown to be a tenant's, as they came: to digest one takes longer than to compare it. */
const shown = new WeakMap<Tenant, readonly string[]>()

function isKeyOf(tenant: Tenant, key: string): boolean {
  const before = shown.get(tenant) ?? []
  let known = false
  for (const candidate of before) known = equalInConstantTime(candidate, key) || known
  if (known) return true
  const digest = sha256(key)
  for (const candidate of tenant.config.secretKeyDigests)
    known = equalInConstantTime(candidate, digest) || known
  // At most as many as the tenant has keys: no other key has one of these digests.
  if (known) shown.set(tenant, [...before, key])
  return known
}

/**
 * Whether a call comes from a back end, as its tenant stood when it was last loaded: enough to give it a place in the work,
 * not to answer it.
 */
export async function isBackEnd({ tenants }: Services, request: Request): Promise<boolean> {
  const key = bearer(request)
  const id = tenantOfKey(key, 'sk')
  const tenant = id === undefined ? undefined : tenants.guess(id)
  return tenant !== undefined && isKeyOf(tenant, key ?? '')
}

/** The tenant at the revision that a load reported, once its secret key is shown to be the caller's. */
export async function authenticatedTenant(
  call: Call<unknown>,
  id: string,
  revision: number | undefined,
): Promise<Tenant> {
  if (revision === undefined) throw new ProblemError('invalid_api_key')
  const tenant = await call.services.tenants.at(id, revision, call.store)
  if (!isKeyOf(tenant, bearer(call.request) ?? '')) throw new ProblemError('invalid_api_key')
  return tenant
}

/** Digest of a call, to tell a repeat of an `op` from another use of it. */
const callDigest = (call: Call<unknown>): string =>
  sha256(`${call.request.method} ${call.path}\n${call.text}`)

/** Routes whose answers hold nothing that the database does not say elsewhere: the record of an assessment says more. */
const unsealed: ReadonlySet<string> = new Set(['assessments'])

/** The row that keeps an answer for repeats, sealed where it may hold a token or a seed. */
export async function opRow(
  call: Call<unknown>,
  tenant: Tenant,
  route: string,
  op: string,
  answer: Answer,
): Promise<OpRow> {
  const text = JSON.stringify(answer.body)
  return {
    route,
    op,
    digest: callDigest(call),
    status: answer.status ?? 200,
    response: unsealed.has(route)
      ? text
      : await sealText(tenant.stable.sealer, text, `${tenant.id}/op/${route}/${op}`),
    expiresAtMs: call.nowMs + call.services.limits.opHours * 3_600_000,
  }
}

/** The first answer to this `op`, if there was one; with another body it is refused. */
export async function repeatedAnswer(
  call: Call<unknown>,
  tenant: Tenant,
  row: OpRow | undefined,
): Promise<Answer | undefined> {
  if (row === undefined || row.expiresAtMs <= call.nowMs) return undefined
  if (row.digest !== callDigest(call)) throw new ProblemError('op_reused')
  const text = unsealed.has(row.route)
    ? row.response
    : await unsealText(tenant.stable.sealer, row.response, `${tenant.id}/op/${row.route}/${row.op}`)
  return { status: row.status, body: JSON.parse(text) as unknown }
}
