import * as v from 'valibot'
import { defineSignal, text } from './define.ts'
import { epochMs } from '../primitives.ts'

/** The address that the browser connected to Newel from. Never from a header that no trusted proxy set. */
export const address = defineSignal({
  name: 'address',
  version: 1,
  source: 'connection',
  schema: v.strictObject({
    /** IPv4 dotted, or IPv6 in the form of RFC 5952. */
    ip: v.pipe(v.string(), v.maxLength(45)),
  }),
  unit: 'IP address',
  purpose: 'Notice networks and places that this account is not used from.',
  retentionDays: 7,
})

/** User agent and low-entropy client hints, as request headers. */
export const userAgent = defineSignal({
  name: 'user-agent',
  version: 1,
  source: 'connection',
  schema: v.strictObject({
    user_agent: text(512),
    /** `Sec-CH-UA`, `Sec-CH-UA-Mobile`, `Sec-CH-UA-Platform` as received. */
    brands: v.optional(text(256)),
    mobile: v.optional(text(8)),
    platform: v.optional(text(64)),
    accept_language: v.optional(text(256)),
  }),
  unit: 'header values',
  purpose: 'Notice a browser or system that this account does not use, or one that contradicts itself.',
  retentionDays: 7,
})

/** When the envelope arrived, by the server's clock. */
export const arrival = defineSignal({
  name: 'arrival',
  version: 1,
  source: 'connection',
  schema: v.strictObject({ at_ms: epochMs }),
  unit: 'milliseconds since 1970',
  purpose: 'Notice hours that this account is not used at.',
  retentionDays: 7,
})
