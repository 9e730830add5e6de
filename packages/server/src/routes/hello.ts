import { headers, pageSignals, wireName, type PageSignalName } from '@newel/protocol'
import { checkPage, freshNonce, namedTenant } from '../browser-calls.ts'
import { ProblemError } from '../problem.ts'
import type { Answer, Call } from '../services.ts'
import { verifyNonce } from '../tokens/nonce.ts'
import type { RouteBody } from './specs/index.ts'

/** A second `hello` that echoes the first one's nonce this soon measures the round trip. */
const echoMs = 10_000

export async function hello(call: Call<RouteBody<'hello'>>): Promise<Answer> {
  const { body, services, nowMs } = call
  const tenant = await services.tenants.current(namedTenant(call), call.store)
  if (tenant === undefined) throw new ProblemError('invalid_api_key')
  checkPage(call, tenant)
  const echoed =
    body.nonce === undefined
      ? undefined
      : await verifyNonce(tenant.keyring, tenant.id, body.jkt, body.nonce, nowMs, echoMs / 1000)
  const nonce = await freshNonce(call, tenant, body.jkt, echoed && nowMs - echoed.issuedMs)
  return {
    body: {
      nonce,
      now_ms: nowMs,
      accepts: { envelope: [1], signals: (Object.keys(pageSignals) as PageSignalName[]).map(wireName) },
    },
    headers: { [headers.dpopNonce]: nonce },
  }
}
