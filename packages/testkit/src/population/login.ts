/** How much whoever tries to get in knows of the victim (Wiefling et al., ACM TOPS 26(1) 2022). */
export type AttackerKind = 'naive' | 'vpn' | 'targeted' | 'takeover'

/** One attempt to sign in, as `newel evaluate logins` reads it: a line of JSON each (docs/evaluate.md). */
export interface Login {
  readonly ts_ms: number
  readonly subject: string
  readonly ip: string
  readonly asn: number
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  readonly region: string
  readonly city: string
  /** Round trip as a server measures it over the handshake. */
  readonly rtt_ms?: number
  readonly user_agent: string
  /** Whether the password was right. */
  readonly success: boolean
  /** Absent for the owner. */
  readonly attacker?: AttackerKind
  /** Names the key that the browser keeps; absent where none persists. */
  readonly device_key?: string
  /** By wire name, as the SDK puts them into an envelope. */
  readonly observations?: Readonly<Record<string, { readonly value: unknown }>>
  /** Timings of the password as it was typed; absent where it was filled in, pasted or corrected. */
  readonly typing?: Typing
}

export interface Typing {
  /** A keyboard with keys, or one drawn on a screen. */
  readonly input: 'keys' | 'screen'
  /** Key down to key up, for n keys. */
  readonly hold_ms: readonly number[]
  /** Key down to the next key down, n − 1. */
  readonly down_down_ms: readonly number[]
  readonly resolution_ms: number
}
