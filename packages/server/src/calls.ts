import type { OpRow } from '@newel/engine'
import { equalInConstantTime, sha256, sealText, unsealText } from './crypto.ts'
import { ProblemError } from './problem.ts'
import type { Answer, Call } from './services.ts'
import { tenantOfKey, type Tenant } from './tenants.ts'

/** Tenant that the secret key names; nothing is known of the key yet. */
export function claimedTenant(call: Call<unknown>): string {
  const tenant = tenantOfKey(bearer(call.request), 'sk')
  if (tenant === undefined) throw new ProblemError('invalid_api_key')
  return tenant
}

const bearer = (request: Request): string | undefined =>
  /^Bearer ([A-Za-z0-9_-]{1,256})$/i.exec(request.headers.get('authorization') ?? '')?.[1]

/** The tenant at the revision that a load reported, once its secret key is shown to be the caller's. */
export async function authenticatedTenant(
  call: Call<unknown>,
  id: string,
  revision: number | undefined,
): Promise<Tenant> {
  if (revision === undefined) throw new ProblemError('invalid_api_key')
  const tenant = await call.services.tenants.at(id, revision, call.store)
  const digest = await sha256(bearer(call.request) ?? '')
  let known = false
  for (const candidate of tenant.config.secretKeyDigests)
    known = equalInConstantTime(candidate, digest) || known
  if (!known) throw new ProblemError('invalid_api_key')
  return tenant
}

/** Digest of a call, to tell a repeat of an `op` from another use of it. */
export const callDigest = (call: Call<unknown>): Promise<string> =>
  sha256(`${call.request.method} ${call.path}\n${call.text}`)

/** The row that keeps an answer for repeats, sealed: some answers hold tokens or seeds. */
export async function opRow(
  call: Call<unknown>,
  tenant: Tenant,
  route: string,
  op: string,
  answer: Answer,
): Promise<OpRow> {
  const context = `${tenant.id}/op/${route}/${op}`
  return {
    route,
    op,
    digest: await callDigest(call),
    status: answer.status ?? 200,
    response: await sealText(tenant.stable.sealer, JSON.stringify(answer.body), context),
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
  if (row.digest !== (await callDigest(call))) throw new ProblemError('op_reused')
  const context = `${tenant.id}/op/${row.route}/${row.op}`
  const body: unknown = JSON.parse(await unsealText(tenant.stable.sealer, row.response, context))
  return { status: row.status, body }
}
