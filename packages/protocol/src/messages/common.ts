import * as v from 'valibot'
import { acr } from '../acr.ts'
import { epochMs, subjectId } from '../primitives.ts'
import { text } from '../signals/define.ts'

/** A way to reach a person. Comes from the back end only. */
export const contact = v.strictObject({
  value: v.pipe(v.string(), v.maxLength(254)),
  /** When the back end last saw it confirmed; absent: never, and the contact serves nothing but its own confirmation. */
  verified_at_ms: v.optional(epochMs),
})

const emailContact = v.pipe(
  contact,
  v.check(
    (value) => /^[^\s@<>"',;\\]{1,64}@[^\s@<>"',;\\]+\.[^\s@<>"',;\\]+$/.test(value.value),
    'expected one mail address',
  ),
)
const phoneContact = v.pipe(
  contact,
  v.check((value) => /^\+[1-9]\d{6,14}$/.test(value.value), 'expected E.164, such as +819012345678'),
)

/** What a back end may say of a subject. Members left out stay as they are. */
export const subjectMembers = {
  email: v.optional(emailContact),
  phone: v.optional(phoneContact),
  name: v.optional(text(128)),
  /** BCP 47, for mails and prompts. */
  locale: v.optional(v.pipe(v.string(), v.maxLength(35), v.regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/))),
  /** When the account was created. */
  since_ms: v.optional(epochMs),
}
export const subjectUpdate = v.strictObject(subjectMembers)
export type SubjectUpdate = v.InferOutput<typeof subjectUpdate>
export const subject = v.strictObject({ id: subjectId, ...subjectMembers })
export type Subject = v.InferOutput<typeof subject>

/** What the back end knows of the request it is asked to serve. Its connection to Newel is never evidence. */
export const requestFacts = v.strictObject({
  ip: v.optional(v.pipe(v.string(), v.maxLength(45))),
  user_agent: v.optional(text(512)),
  /** Client hints and `accept-language`, lower-case names; others are refused. */
  headers: v.optional(
    v.strictObject({
      'sec-ch-ua': v.optional(text(256)),
      'sec-ch-ua-mobile': v.optional(text(8)),
      'sec-ch-ua-platform': v.optional(text(64)),
      'accept-language': v.optional(text(256)),
    }),
  ),
  /** What the back end's network layer says of the address. */
  network: v.optional(
    v.strictObject({
      asn: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(4_294_967_295))),
      country: v.optional(v.pipe(v.string(), v.regex(/^[A-Z]{2}$/))),
    }),
  ),
})
export type RequestFacts = v.InferOutput<typeof requestFacts>

/** What the caller asks beyond the policy; the stricter wins. */
export const require = v.strictObject({
  acr: v.optional(acr),
  max_age_s: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(86_400))),
})

export const receiptToken = v.pipe(v.string(), v.maxLength(2048))
export const proofToken = v.pipe(v.string(), v.maxLength(2048))
export const stepUpToken = v.pipe(v.string(), v.maxLength(4096))
