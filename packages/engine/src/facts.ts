import type { Absence, Acr, MethodName, Params, SignalName } from '@newel/protocol'

/**
 * What comparators read, and all they read: it stands in the assessment's record, so that score and verdict recompute
 * from the record alone. The server makes it out of the envelope and the connections; nothing here is raw beyond need.
 */
export interface Facts {
  readonly nowMs: number
  readonly device: DeviceFacts
  readonly network: NetworkFacts
  readonly client: ClientFacts
  /** Absent where nothing of it was observed. */
  readonly behaviour?: BehaviourFacts
  /** Missing signals the envelope states, by signal. Empty where there was no valid envelope. */
  readonly absent: Readonly<Partial<Record<SignalName, Absence>>>
  readonly counters: CounterFacts
  /** Absent without a subject. */
  readonly session?: SessionFacts
  /** What the envelope could not be trusted for, found before the decision. */
  readonly flags: FlagFacts
}

export interface DeviceFacts {
  /** Thumbprint of the device key (RFC 7638). Absent without a valid receipt. */
  readonly jkt?: string
  /** The key lives in memory only. */
  readonly ephemeral: boolean
  /** A valid, unused proof by this key came with this very request. */
  readonly proven: boolean
  /** Of the other subjects that the server saw lately, how many showed this fingerprint. */
  readonly alike?: { readonly others: number; readonly seen: number }
  readonly fingerprint?: { readonly library: string; readonly components: Readonly<Record<string, string>> }
  readonly screen?: { readonly width: number; readonly height: number; readonly pixelRatioPercent: number }
}

export interface NetworkFacts {
  /** IPv4 /24 or IPv6 /48 as text with its length, such as "192.0.2.0/24". */
  readonly prefix?: string
  /** Keyed digest of the full address, 12 characters of base64url: the address itself is not needed to compare. */
  readonly address?: string
  readonly asn?: number
  /** ISO 3166-1 alpha-2. */
  readonly country?: string
  /** Whether the browser reached Newel and the back end from one address; absent where either is not known. */
  readonly sameAddress?: boolean
  readonly place?: PlaceFacts
  /** Lists that name the address. Absent where the operator gave none, so that no hit means something. */
  readonly listed?: readonly ListHit[]
  /** Least round trip that the server measured in the visit, in milliseconds. */
  readonly roundTripMs?: number
}

/** Where databases place an address, and how far off they may be. */
export interface PlaceFacts {
  /** Degrees, -90 to 90. */
  readonly latitude: number
  /** Degrees, -180 to 180. */
  readonly longitude: number
  /** Within which the database expects the true place, two times in three; 1 to 20 016. */
  readonly radiusKm: number
  /** ISO 3166-2 without the country, or a name. */
  readonly region?: string
  readonly city?: string
  /** From the server's own place, where the operator named that. Kilometres. */
  readonly serverKm?: number
}

/** What a list says its addresses are. `mobile` is no blemish: gateways of mobile carriers, which stand far from people. */
export type ListKind = 'blocked' | 'tor' | 'anonymiser' | 'datacenter' | 'mobile'

export interface ListHit {
  /** Id that the operator gave the list. */
  readonly list: string
  /** First characters of the SHA-256 of its content. */
  readonly version: string
  readonly kind: ListKind
  /** How much the operator trusts it, in hundredths. */
  readonly weightPercent: number
  /** Of the entry, or of the list. */
  readonly ageDays: number
}

export interface ClientFacts {
  /** Family, such as "Chrome"; "unknown" where the header says nothing known. */
  readonly browser: string
  readonly browserMajor: number
  /** Family, such as "Windows". */
  readonly os: string
  readonly osVersion: string
  readonly deviceType: 'desktop' | 'mobile' | 'tablet' | 'bot' | 'unknown'
  /** Digest of the full user agent string, 12 characters of base64url. */
  readonly userAgent?: string
  /** `navigator.languages` joined by ",". */
  readonly languages?: string
  readonly timezone?: string
  readonly offsetMinutes?: number
  readonly webdriver?: boolean
  /** The layers (header, client hints, page) name different systems. */
  readonly contradicts: boolean
}

/** What the person did, in numbers (see the signals of the same names). Absent where the page gave none of it. */
export interface BehaviourFacts {
  /** 32 bits of visit and device key: the same numbers from the same source are one observation, not a repeat. */
  readonly source: number
  readonly typing?: TypingFacts
  readonly freeText?: {
    readonly keys: number
    readonly resolutionUs: number
    /** In the order of `freeTextDimensions`; 0 where there was too little to tell. */
    readonly values: readonly number[]
  }
  readonly pointer?: {
    readonly pointer: 'mouse' | 'touch' | 'pen'
    readonly strokes: number
    /** In the order of `pointerDimensions`; 0 where there was too little to tell. */
    readonly values: readonly number[]
  }
  readonly navigation?: {
    /** Kind, then milliseconds of stay, for each page; latest last. */
    readonly pages: readonly number[]
    /** Kind, then milliseconds of hesitation, for each field; latest last. */
    readonly fields: readonly number[]
    readonly pasted: number
    readonly returns: number
    readonly absences: number
    readonly flurries: number
  }
  /** Of all pages of the visit, in the order of `automationCounts`. */
  readonly automation?: readonly number[]
}

/** Texts that were typed in one go in the visit. */
export interface TypingFacts {
  /** When the server first had them in this visit. */
  readonly sinceMs: number
  /** Two at most. */
  readonly fields: readonly TypedText[]
}

export interface TypedText {
  /** The operator's name for the field, 1 to 32 of letters, digits, `_`, `.` and `-`. */
  readonly field: string
  readonly input: 'keys' | 'screen'
  /** Smallest step of the clock, in microseconds. */
  readonly resolutionUs: number
  /** Its times: {@link encodeText} of their codes. */
  readonly codes: string
}

/** Counts as read at `nowMs`: of failures, and of what people do within hours. Decayed, half-life one hour. */
export interface CounterFacts {
  readonly subjectFailures: number
  readonly deviceFailures: number
  readonly prefixFailures: number
  /** Where accounts failed to sign in, or signed in, within the last hours; what is left out saw none. */
  readonly crowds?: Crowds
  /** Of the subject: actions with stakes, sessions begun, and sessions that timed out. */
  readonly sensitiveActions?: number
  readonly sessionStarts?: number
  readonly sessionTimeouts?: number
}

/** By network prefix, user agent in one part of the network, operator (ASN), device key, and digest of the fingerprint. */
export type CrowdPlace = 'prefix' | 'client' | 'operator' | 'device' | 'fingerprint'

/** About how many different accounts failed to sign in there within two to four hours, and how many signed in. */
export type Crowds = Readonly<Partial<Record<CrowdPlace, readonly [failed: number, passed: number]>>>

/** What the server knows of the subject's sessions. */
export interface SessionFacts {
  /** Since this session was last used. Absent where there is no session, or nothing was told of it before. */
  readonly idleMinutes?: number
  /** Devices that use the account in sessions of their own within the same half hour, beside this one. */
  readonly others: number
}

export interface FlagFacts {
  readonly receipt: 'valid' | 'absent' | 'foreign'
  readonly proof: 'valid' | 'absent' | 'reused'
  /** The session is bound to another device key than the one proven. */
  readonly sessionKeyChanged: boolean
}

/** What is compact enough to learn from: kept with an outcome event for 120 days. */
export interface Features {
  readonly atMs: number
  readonly device: Omit<DeviceFacts, 'proven' | 'alike'>
  readonly network: NetworkFacts
  readonly client: ClientFacts
  readonly behaviour?: BehaviourFacts
  readonly session?: Pick<SessionFacts, 'idleMinutes'>
  readonly absent: readonly SignalName[]
}

/** How something ended. Each is a fact about the past; profiles are folds of these (design, section 5). */
export interface OutcomeEvent {
  readonly id: string
  readonly atMs: number
  readonly kind:
    | 'allowed'
    | 'passed'
    | 'failed'
    | 'abandoned'
    | 'denied'
    /** The back end vouched: account created, or a federated login. */
    | 'vouched'
    /** A sign-in before there was Newel, by somebody else's log: nobody was proven to be there. */
    | 'imported'
    | 'labelled'
  readonly assessment?: string
  readonly challenge?: string
  readonly method?: MethodName
  /** Assurance that the proof gave. */
  readonly acr?: Acr
  readonly label?: 'legitimate' | 'not_me' | 'fraud' | 'security_event'
  /** With `labelled`: the event that the label is about. */
  readonly about?: string
  readonly features?: Features
}

/** The record that a key was proven by a method (design, section 5). */
export interface Grant {
  readonly id: string
  readonly jkt: string
  /** `vouched`: by the back end, without a method. */
  readonly method: MethodName | 'vouched'
  readonly acr: Acr
  readonly challenge?: string
  readonly atMs: number
  readonly revokedAtMs?: number
}

/** An unmet demand: for 24 hours nothing less is asked of its scope (design, section 4). */
export interface Demand {
  readonly action: string
  readonly acr: Acr
  readonly nats: number
  readonly atMs: number
  readonly untilMs: number
  /** What the demand sticks to; each that is known. */
  readonly session?: string
  readonly jkt?: string
  readonly prefix?: string
}

/** Latest `auth_time` of one acr, per subject, session and device key. */
export interface Assurance {
  readonly acr: Acr
  readonly authTimeMs: number
}

/** A way the subject could answer, as it counts now (holds included). */
export interface AvailableMethod {
  readonly method: MethodName
  readonly acr: Acr
}

/** What the decision is about. */
export interface Question {
  readonly action: string
  readonly params: Params
  readonly require?: { readonly acr?: Acr; readonly maxAgeSeconds?: number }
}
