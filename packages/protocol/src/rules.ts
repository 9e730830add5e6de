import * as v from 'valibot'
import { about } from './about.ts'
import { acr } from './acr.ts'
import { methodName } from './methods/index.ts'
import { jkt, name, subjectId } from './primitives.ts'

const sentence = v.pipe(v.string(), v.minLength(1), v.maxLength(300))
/** Names a rule or an entry; decisions say it behind `rule:` or `list:`. */
const ruleName = v.pipe(name, v.maxLength(32))

/** What a rule does where it holds. Each member only raises what is asked. */
export const consequence = v.union([
  v.literal('deny'),
  v.pipe(
    v.strictObject({
      acr: v.optional(about(acr, 'Least assurance.')),
      max_age_s: v.optional(
        about(
          v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(86_400)),
          'Proofs older than this do not count. Alone it asks for the least that has a date, newel:contact.',
        ),
      ),
      methods: v.optional(
        about(
          v.pipe(v.array(methodName), v.minLength(1)),
          'Methods that may be used; others count for nothing.',
        ),
      ),
      level: v.optional(
        about(
          v.picklist(['medium', 'high', 'critical']),
          'The risk counts as at least the lower edge of this band; stakes of the action still shift the edges.',
        ),
      ),
    }),
    v.check((value) => Object.keys(value).length > 0, 'name at least one of acr, max_age_s, methods, level'),
  ),
])
export type Consequence = v.InferOutput<typeof consequence>

export const rule = v.strictObject({
  id: about(
    ruleName,
    'Names the rule, once in a policy. Decisions give "rule:" and this name as the reason code.',
  ),
  when: about(
    v.pipe(v.string(), v.minLength(1), v.maxLength(1000)),
    'Condition in CEL over the facts of docs/policy.md. One that cannot be evaluated counts as if it held.',
  ),
  then: about(consequence, '"deny", or what is asked at least.'),
  reason: about(sentence, 'Why, for whoever reads the decision; the person at the page never sees it.'),
  actions: v.optional(
    about(
      v.pipe(v.array(name), v.minLength(1)),
      'Actions that it is about, built-in ones included. Default: all.',
    ),
  ),
  mode: v.optional(
    about(
      v.picklist(['enforce', 'shadow']),
      '"shadow": what it says is recorded and nothing is asked. Default "enforce".',
    ),
  ),
})
export type Rule = v.InferOutput<typeof rule>

/** Whom an entry is about: all members that are given have to fit. */
export const listMatch = v.pipe(
  v.strictObject({
    subject: v.optional(subjectId),
    network: v.optional(
      about(
        v.pipe(v.string(), v.maxLength(49)),
        'CIDR such as "192.0.2.0/24": at most /24, or /48 of IPv6, since Newel keeps no longer part of an address.',
      ),
    ),
    asn: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(4_294_967_295))),
    country: v.optional(about(v.pipe(v.string(), v.regex(/^[A-Z]{2}$/)), 'ISO 3166-1 alpha-2.')),
    device: v.optional(about(jkt, 'Thumbprint of a device key (RFC 7638).')),
  }),
  v.check(
    (value) => Object.keys(value).length > 0,
    'name at least one of subject, network, asn, country, device',
  ),
)
export type ListMatch = v.InferOutput<typeof listMatch>

const entry = {
  id: about(
    ruleName,
    'Names the entry, once in a policy. Decisions give "list:" and this name as the reason code.',
  ),
  match: about(listMatch, 'Whom it is about: all members that are given have to fit.'),
  author: about(sentence, 'Who answers for it.'),
  reason: about(sentence, 'Why it stands here.'),
  expires: about(
    v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/)),
    'Last day that it holds, in UTC, such as "2027-03-31". After it the entry counts for nothing.',
  ),
} as const

export const allowEntry = v.strictObject({
  ...entry,
  removes: about(
    v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(32)),
    'Reason codes whose evidence does not count against whom it is about.',
  ),
})
export type AllowEntry = v.InferOutput<typeof allowEntry>

export const denyEntry = v.strictObject(entry)
export type DenyEntry = v.InferOutput<typeof denyEntry>
