import {
  envelopeClaims,
  headers,
  parseObservations,
  receiptClaims,
  tokenTypes,
  type ReceiptClaims,
} from '@newel/protocol'
import * as v from 'valibot'
import { addressTag, checkPage, freshNonce, namedTenant, requireNonce } from '../browser-calls.ts'
import { randomToken, sha256 } from '../crypto.ts'
import { digest12 } from '../digests.ts'
import { connectionFacts, type EnvelopeBody } from '../facts.ts'
import { ProblemError } from '../problem.ts'
import type { Answer, Call } from '../services.ts'
import type { Tenant } from '../tenants.ts'
import { readDeviceJws, verifyDeviceJws } from '../tokens/device-jws.ts'
import { isFresh } from '../tokens/proof.ts'
import { issueReceipt } from '../tokens/receipt.ts'
import type { RouteBody } from './specs/index.ts'

/** Envelopes kept a key. */
const keep = 8
const dayMs = 86_400_000

export async function signals(call: Call<RouteBody<'signals'>>): Promise<Answer> {
  const { services, nowMs } = call
  const tenant = await services.tenants.current(namedTenant(call), call.store)
  if (tenant === undefined) throw new ProblemError('invalid_api_key')
  checkPage(call, tenant)

  const { envelope } = call.body
  const jws = await verifyDeviceJws(readDeviceJws(envelope, envelopeClaims), tokenTypes.envelope)
  if (jws === undefined) throw new ProblemError('invalid_envelope')
  const { claims, jkt } = jws
  const nonce = await requireNonce(call, tenant, jkt, claims.nonce)
  if (!isFresh(claims.iat, nowMs, services.limits.clockToleranceSeconds)) {
    throw new ProblemError(
      'invalid_envelope',
      { detail: 'iat is not near the time of the server' },
      {
        headers: { [headers.dpopNonce]: await freshNonce(call, tenant, jkt) },
      },
    )
  }
  const parsed = parseObservations(claims.observations)
  if (!parsed.ok) {
    const pointer = `/observations/${parsed.signal.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}`
    throw new ProblemError('invalid_envelope', {
      errors: [{ pointer, detail: 'the value does not fit the signal' }],
    })
  }
  const sameAddress = nonce.address === (await addressTag(call, tenant))
  const body: EnvelopeBody = {
    observations: parsed.parsed.observations,
    connection: connectionFacts(
      call.request,
      call.connection,
      nowMs,
      sameAddress ? nonce.roundTripMs : undefined,
    ),
    page: claims.page,
    sdk: claims.sdk,
    dropped: parsed.parsed.dropped,
  }
  const digest = sha256(envelope)
  const recorded = await call.store.recordEnvelope(
    {
      tenant: tenant.id,
      digest,
      jkt,
      visit: claims.visit,
      body: JSON.stringify(body),
      receipt: JSON.stringify(await receiptFor(call, tenant, digest, jkt, claims.visit, body)),
      atMs: nowMs,
      expiresAtMs: nowMs + services.limits.envelopeDays * dayMs,
    },
    {
      key: `envelope:${jkt}:${claims.jti}`,
      expiresAtMs: nowMs + services.limits.nonceSeconds * 1000 + 120_000,
    },
    keep,
  )
  if (recorded.lost) throw new ProblemError('invalid_envelope')
  const receipt = v.parse(receiptClaims, JSON.parse(recorded.envelope.receipt))
  const next = await freshNonce(call, tenant, jkt)
  return {
    body: {
      receipt: await issueReceipt(tenant, receipt, nowMs),
      nonce: next,
      expires_at_ms: receipt.exp * 1000,
    },
    headers: { [headers.dpopNonce]: next },
  }
}

async function receiptFor(
  call: Call<unknown>,
  tenant: Tenant,
  digest: string,
  jkt: string,
  visit: string,
  body: EnvelopeBody,
): Promise<ReceiptClaims> {
  const iat = Math.floor(call.nowMs / 1000)
  const { ip } = body.connection
  const asn =
    body.connection.asn ?? (ip === undefined ? undefined : call.services.lookup?.lookup(ip, call.nowMs)?.asn)
  const print = await printOf(tenant, body)
  return {
    iss: tenant.issuer,
    aud: 'newel:receipt',
    iat,
    exp: iat + call.services.limits.receiptSeconds,
    jti: randomToken(16),
    jkt,
    env: digest,
    visit,
    seen: { at_ms: call.nowMs, ...(ip !== undefined && { ip }), ...(asn !== undefined && { asn }) },
    ...(print !== undefined && { print }),
  }
}

/** Fewer components than these are shared by too many to count by. */
const leastComponents = 20

/** Digest of the whole fingerprint: a machine that shows it again is the same, or of the same kind. */
async function printOf(tenant: Tenant, { observations }: EnvelopeBody): Promise<string | undefined> {
  const entry = observations.fingerprint
  if (entry === undefined || !('value' in entry)) return undefined
  const components = Object.entries(entry.value.components)
  if (components.length < leastComponents) return undefined
  const text = components
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('\n')
  return digest12(tenant.stable.digest, 'fingerprint', `${entry.value.library}\n${text}`)
}
