import {
  behaviourFacts,
  type ClientFacts,
  type CounterFacts,
  type DeviceFacts,
  type Facts,
  type FlagFacts,
  type ListHit,
  type SessionFacts,
} from '@newel/engine'
import {
  pageSignals,
  type Absence,
  type Observations,
  type PageSignalName,
  type ReceiptClaims,
  type RequestFacts,
  type SignalName,
  type SignalValue,
} from '@newel/protocol'
import { recurringDigest12 } from './digests.ts'
import { networkFacts } from './network-facts.ts'
import { normaliseAddress } from './network.ts'
import { observedBehaviour } from './observed-behaviour.ts'
import type { Connection, ConnectionPlace, NetworkLookup } from './options.ts'
import { contradicts, parseUserAgent } from './user-agent.ts'

/** What is kept of an envelope: enough to make facts from, nothing more. JSON in the store. */
export interface EnvelopeBody {
  readonly observations: Observations
  readonly connection: {
    readonly ip?: string | undefined
    readonly asn?: number | undefined
    readonly country?: string | undefined
    readonly place?: ConnectionPlace | undefined
    readonly listed?: readonly ListHit[] | undefined
    readonly atMs: number
    readonly userAgent?: string | undefined
    readonly platform?: string | undefined
    readonly brands?: string | undefined
    readonly mobile?: string | undefined
    readonly roundTripMs?: number | undefined
  }
  readonly page: string
  readonly sdk: string
  readonly dropped: number
}

export interface FactSources {
  readonly nowMs: number
  readonly digestKey: CryptoKey
  readonly lookup: NetworkLookup | undefined
  /** Valid and tied to nobody else. */
  readonly receipt: ReceiptClaims | undefined
  /** Envelopes of the receipt's visit, that of the receipt first. */
  readonly envelopes: readonly EnvelopeBody[]
  readonly proven: boolean
  readonly flags: FlagFacts
  readonly counters: CounterFacts
  readonly session?: SessionFacts | undefined
  readonly request: RequestFacts
  /** Counts who else shows a fingerprint, where the question is about a subject. */
  readonly alike?:
    ((fingerprint: SignalValue<'fingerprint'>) => NonNullable<DeviceFacts['alike']>) | undefined
}

/**
 * Facts out of what was verified. Connection facts come from where the browser connected; what the back end says of its own
 * request fills in only where there is no envelope.
 */
export async function makeFacts(sources: FactSources): Promise<Facts> {
  const { receipt, envelopes } = sources
  const connection = envelopes[0]?.connection
  const observed = <N extends SignalName>(name: N): SignalValue<N> | undefined => {
    for (const { observations } of envelopes) {
      const entry = observations[name]
      if (entry !== undefined && 'value' in entry) return entry.value
    }
    return undefined
  }
  const fingerprint = observed('fingerprint')
  const screen = observed('screen')
  const ephemeral = observed('device-key')?.ephemeral ?? false
  const behaviour = receipt && behaviourFacts(observedBehaviour(envelopes), `${receipt.visit} ${receipt.jkt}`)
  return {
    nowMs: sources.nowMs,
    device: {
      ...(receipt && { jkt: receipt.jkt }),
      ephemeral,
      proven: sources.proven,
      ...(fingerprint && sources.alike && { alike: sources.alike(fingerprint) }),
      ...(fingerprint && { fingerprint }),
      ...(screen && {
        screen: { width: screen.width, height: screen.height, pixelRatioPercent: screen.pixel_ratio_percent },
      }),
    },
    network: await networkFacts(sources),
    client: await clientFacts(sources, connection, observed),
    ...(behaviour && { behaviour }),
    absent: absences(envelopes),
    counters: sources.counters,
    ...(sources.session && { session: sources.session }),
    flags: sources.flags,
  }
}

async function clientFacts(
  sources: FactSources,
  connection: EnvelopeBody['connection'] | undefined,
  observed: <N extends SignalName>(name: N) => SignalValue<N> | undefined,
): Promise<ClientFacts> {
  const header = connection?.userAgent ?? sources.request.user_agent
  const parsed = parseUserAgent(header)
  const page = observed('client')
  const languages = observed('language')?.languages.join(',')
  const zone = observed('timezone')
  return {
    ...parsed,
    ...(header !== undefined && {
      userAgent: await recurringDigest12(sources.digestKey, 'user-agent', header),
    }),
    ...(languages !== undefined && { languages }),
    ...(zone && { timezone: zone.zone, offsetMinutes: zone.offset_minutes }),
    ...(page?.webdriver !== undefined && { webdriver: page.webdriver }),
    contradicts: contradicts({
      header,
      hint: connection?.platform,
      hintBrands: connection?.brands,
      hintMobile: connection?.mobile,
      page: page?.platform,
      pageBrands: page?.brands,
      pageMobile: page?.mobile,
    }),
  }
}

/**
 * Signals that the receipt's own envelope states to be absent and no envelope of the visit has. One that is neither given
 * nor stated is left out here: the policy has a rule for it.
 */
function absences(envelopes: readonly EnvelopeBody[]): Facts['absent'] {
  const absent: Partial<Record<SignalName, Absence>> = {}
  const [first] = envelopes
  if (first === undefined) return absent
  for (const name of Object.keys(pageSignals) as PageSignalName[]) {
    const given = envelopes.some(({ observations }) => {
      const entry = observations[name]
      return entry !== undefined && 'value' in entry
    })
    const stated = first.observations[name]
    if (!given && stated !== undefined && 'absent' in stated) absent[name] = stated.absent
  }
  return absent
}

/** Connection facts of a call by the browser itself. */
export function connectionFacts(
  request: Request,
  connection: Connection,
  nowMs: number,
  roundTripMs: number | undefined,
): EnvelopeBody['connection'] {
  const header = (name: string, max: number): string | undefined => request.headers.get(name)?.slice(0, max)
  return {
    ip: normaliseAddress(connection.address),
    asn: connection.asn,
    country: connection.country,
    place: connection.place,
    listed: connection.listed,
    atMs: nowMs,
    userAgent: header('user-agent', 512),
    platform: header('sec-ch-ua-platform', 64)?.replaceAll('"', ''),
    brands: header('sec-ch-ua', 256),
    mobile: header('sec-ch-ua-mobile', 8),
    roundTripMs,
  }
}
