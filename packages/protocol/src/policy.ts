import * as v from 'valibot'
import { acr } from './acr.ts'
import { about } from './about.ts'
import { methodName } from './methods/index.ts'
import { name } from './primitives.ts'
import { allowEntry, denyEntry, rule } from './rules.ts'

const seconds = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max))
const nats = v.pipe(v.number(), v.minValue(-30), v.maxValue(30))
/** A language tag and a text in it. */
const texts = v.record(
  v.pipe(v.string(), v.regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/)),
  v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
)

/** Risk bands, calmest first. */
export const levels = ['low', 'medium', 'high', 'critical'] as const
export type Level = (typeof levels)[number]

/** What a band or an action asks for. */
export const requirement = v.strictObject({
  acr: about(acr, 'Least assurance, on the ladder newel:base < newel:contact < newel:otp < phr < phrh.'),
  max_age_s: v.optional(
    about(seconds(86_400), 'Proofs older than this do not count. Default 900, the freshness of an area.'),
  ),
  methods: v.optional(
    about(
      v.pipe(v.array(methodName), v.minLength(1)),
      'Methods that may be used. Default: all that reach the acr.',
    ),
  ),
})
export type Requirement = v.InferOutput<typeof requirement>

export const verdict = v.union([v.literal('allow'), v.literal('deny'), requirement])
export type Verdict = v.InferOutput<typeof verdict>

export const paramType = v.picklist(['string', 'boolean', 'integer'])

export const action = v.strictObject({
  params: about(
    v.union([v.literal('none'), v.record(name, v.strictObject({ type: paramType }))]),
    'Declared params by name, or "none" for an action that has none.',
  ),
  once: v.optional(
    about(
      v.boolean(),
      'Each run needs a proof of its own: a token serves one run and session assurance never satisfies it. Default false.',
    ),
  ),
  starts_session: v.optional(about(v.boolean(), 'May be asked before a session exists. Default false.')),
  stakes_nats: v.optional(
    about(
      v.pipe(
        v.number(),
        // A floor counts as the lower edge of medium: were the edge moved up, it would fall below.
        v.minValue(0, 'stakes are 0 or more: negative ones would let floors pass as low'),
        v.maxValue(30),
      ),
      'Shifts the band edges down by so many nats; never the score. Default 0.',
    ),
  ),
  base_nats: v.optional(
    about(nats, 'Base rate of attack for this action in nats (log-odds). Default: that of the model.'),
  ),
  floor: v.optional(about(requirement, 'What the action asks whatever the risk.')),
  display: v.optional(
    about(
      texts,
      "What the person sees, by language; {param} is replaced by the param's value. Default: the name of the action.",
    ),
  ),
})
export type ActionDeclaration = v.InferOutput<typeof action>

/** What happens where the subject cannot meet a requirement. Never a weaker proof in silence. */
export const unmet = v.variant('then', [
  v.strictObject({ then: v.literal('deny') }),
  /**
   * Still refuses the action, and lets the subject enrol the method that is missing under a proof of `under`, where the risk
   * alone would ask more for enrolling than the subject has. Never below the highest acr the subject has.
   */
  v.strictObject({ then: v.literal('enroll'), under: acr }),
])

/** All that a policy says, beside its version and the policy in its shadow. */
const content = {
  mode: about(
    v.picklist(['enforce', 'observe']),
    '"observe": everything is decided and recorded, and nothing enforced. Default "enforce".',
  ),
  bands: about(
    v.strictObject({ medium: nats, high: nats, critical: nats }),
    'Lower edges of the bands in log-odds of attack, strictly rising.',
  ),
  requirements: about(
    v.strictObject({ low: verdict, medium: verdict, high: verdict, critical: verdict }),
    'What each band asks; a higher one never less than a lower one.',
  ),
  wanted_signals: about(
    v.array(name),
    'Signals wanted from the page; an envelope without one of them, and without its stated absence, falls under missing_signals.',
  ),
  missing_signals: about(
    v.picklist(['stricter', 'deny', 'allow']),
    'What a valid envelope without a wanted signal counts as: at least medium, denied, or nothing. Default "stricter".',
  ),
  audit_share: about(
    v.pipe(v.number(), v.minValue(0), v.maxValue(0.25)),
    'Share of sessions that are asked what medium asks though nothing speaks against them, drawn at random: 0.02 is one in fifty, 0 none. Default 0.02.',
  ),
  unmet: about(unmet, 'What happens where the subject cannot meet a requirement. Default: deny.'),
  rules: about(
    v.pipe(v.array(rule), v.maxLength(32)),
    'Conditions that ask for more than band and action do. Their order means nothing; the strictest wins.',
  ),
  lists: about(
    v.strictObject({
      allow: v.optional(
        about(
          v.pipe(v.array(allowEntry), v.maxLength(500)),
          'Whose evidence is not held against them; touches no floor of an action and no acr.',
        ),
      ),
      deny: v.optional(about(v.pipe(v.array(denyEntry), v.maxLength(500)), 'Who is denied.')),
    }),
    'Entries by subject, network, country or device key, each with author, reason and last day.',
  ),
  actions: about(v.record(name, action), "The application's actions by name."),
} as const

export const policy = v.strictObject({
  $schema: v.optional(about(v.string(), 'For editors: where the JSON schema of this file is.')),
  version: v.literal(1),
  mode: v.optional(content.mode),
  bands: content.bands,
  requirements: content.requirements,
  wanted_signals: v.optional(content.wanted_signals),
  missing_signals: v.optional(content.missing_signals),
  audit_share: v.optional(content.audit_share),
  unmet: v.optional(content.unmet),
  rules: v.optional(content.rules),
  lists: v.optional(content.lists),
  actions: content.actions,
  shadow: v.optional(
    about(
      v.strictObject({
        bands: v.optional(content.bands),
        requirements: v.optional(content.requirements),
        wanted_signals: v.optional(content.wanted_signals),
        missing_signals: v.optional(content.missing_signals),
        audit_share: v.optional(content.audit_share),
        unmet: v.optional(content.unmet),
        rules: v.optional(content.rules),
        lists: v.optional(content.lists),
        actions: v.optional(content.actions),
      }),
      'A policy that is judged beside this one and never enforced: members given here stand in place of those above. What it would have said is recorded.',
    ),
  ),
})
export type Policy = v.InferOutput<typeof policy>
