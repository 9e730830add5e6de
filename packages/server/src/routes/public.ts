import { verifies } from '../keys.ts'
import { openApiDocument } from '../openapi.ts'
import { ProblemError } from '../problem.ts'
import type { Answer, Call } from '../services.ts'

/** Public keys of a tenant's issuer. A new one is here before it signs, an old one until the last token it signed is over. */
export async function jwks(call: Call): Promise<Answer> {
  const tenant = await call.services.tenants.current(call.params['tenant'] ?? '', call.store)
  if (tenant === undefined) throw new ProblemError('not_found')
  const keys = tenant.keyring.signing.filter((key) => verifies(key, call.nowMs)).map((key) => key.publicJwk)
  return { body: { keys }, headers: { 'cache-control': 'public, max-age=300' } }
}

export async function livez(): Promise<Answer> {
  return { body: { status: 'ok' } }
}

export async function readyz(call: Call): Promise<Answer> {
  const { found, minReader, known } = await call.store.health()
  if (minReader > known) {
    throw new ProblemError('newel_unavailable', { detail: `the schema ${found} needs a newer server` })
  }
  return { body: { status: 'ok' } }
}

export async function openapi(): Promise<Answer> {
  return { body: await openApiDocument() }
}
