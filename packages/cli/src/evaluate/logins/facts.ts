import { maxKeys, minKeys, type CounterFacts, type Facts } from '@newel/engine'
import { parseObservations, type Observations } from '@newel/protocol'
import { makeFacts, type EnvelopeBody } from '@newel/server/facts'
import { createHash } from 'node:crypto'
import type { Login, LoginTyping } from './login.ts'

/** Thumbprint that stands for a key which the file names. */
export const thumbprint = (name: string): string =>
  createHash('sha256').update(`newel-evaluate ${name}`).digest('base64url')

const visit = 'A'.repeat(22)

export interface FactMaker {
  /** @throws Error where the observations of the line do not fit their schemas */
  (login: Login, counters: CounterFacts): Promise<Facts>
}

/**
 * Facts as the server makes them of an envelope and a connection. A line without a key is a browser in which none persists:
 * it proves a key that lives in memory and never goes on record.
 */
export async function createFactMaker(): Promise<FactMaker> {
  // Digests are compared within one run only.
  const digestKey = await crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode('newel evaluate'),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  )
  return async (login, counters) => {
    const { ts_ms: nowMs, device_key: key, ip } = login
    const given = observationsOf(login)
    const envelope: EnvelopeBody = {
      observations: { 'device-key': { value: { ephemeral: key === undefined } }, ...given },
      connection: {
        ip,
        asn: login.asn,
        country: login.country,
        atMs: nowMs,
        userAgent: login.user_agent,
        roundTripMs: login.rtt_ms,
      },
      page: 'https://evaluate.example/',
      sdk: 'evaluate',
      dropped: 0,
    }
    const jkt = thumbprint(key ?? `in memory ${login.subject} ${nowMs}`)
    const seconds = Math.floor(nowMs / 1000)
    return makeFacts({
      nowMs,
      digestKey,
      lookup: undefined,
      receipt: {
        iss: 'https://evaluate.example',
        aud: 'newel:receipt',
        iat: seconds,
        exp: seconds + 300,
        jti: visit,
        jkt,
        env: jkt,
        visit,
        seen: { at_ms: nowMs, ip },
      },
      envelopes: [envelope],
      proven: true,
      flags: { receipt: 'valid', proof: 'valid', sessionKeyChanged: false },
      counters,
      request: { ip, user_agent: login.user_agent },
    })
  }
}

/** As the SDK observes the field of the password: whole milliseconds, and nothing of a text that it finds too short or too long. */
function typingOf({ hold_ms, down_down_ms, resolution_ms = 1, input = 'keys' }: LoginTyping) {
  if (hold_ms.length < minKeys || hold_ms.length > maxKeys) return { absent: 'idle' }
  const field = {
    field: 'password',
    input,
    resolution_us: Math.max(1, Math.round(resolution_ms * 1000)),
    hold_ms: hold_ms.map((ms) => Math.min(60_000, Math.round(ms))),
    down_down_ms: down_down_ms.map(Math.round),
  }
  return { value: { fields: [field] } }
}

function observationsOf({ observations = {}, typing }: Login): Observations {
  const result = parseObservations({
    ...observations,
    ...(typing !== undefined && { 'typing@1': typingOf(typing) }),
  })
  if (!result.ok) throw new Error(`observations, ${result.signal}: ${result.issue}`)
  return result.parsed.observations
}
