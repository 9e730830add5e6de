import * as v from 'valibot'
import { acr } from './acr.ts'
import { methodName } from './methods/index.ts'
import { name } from './primitives.ts'

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
  acr,
  /** Proofs older than this do not count. Default 900 s, the freshness of an area. */
  max_age_s: v.optional(seconds(86_400)),
  /** Methods that may be used; all that reach the acr where absent. */
  methods: v.optional(v.pipe(v.array(methodName), v.minLength(1))),
})
export type Requirement = v.InferOutput<typeof requirement>

export const verdict = v.union([v.literal('allow'), v.literal('deny'), requirement])
export type Verdict = v.InferOutput<typeof verdict>

export const paramType = v.picklist(['string', 'boolean', 'integer'])

export const action = v.strictObject({
  /** Declared params by name, or `none` for an action that has none. */
  params: v.union([v.literal('none'), v.record(name, v.strictObject({ type: paramType }))]),
  /** Each run needs a proof of its own: a token serves one run and session assurance never satisfies it. Default false. */
  once: v.optional(v.boolean()),
  /** May be asked before a session exists. Default false. */
  starts_session: v.optional(v.boolean()),
  /** Shifts the band edges down by so many nats; never the score. Default 0. */
  stakes_nats: v.optional(nats),
  /** Base rate of attack for this action in nats (log-odds); the model's where absent. */
  base_nats: v.optional(nats),
  /** What the action asks whatever the risk. */
  floor: v.optional(requirement),
  /** What the person sees, by language; `{param}` is replaced by the param's value. Default: the action's name. */
  display: v.optional(texts),
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

export const policy = v.strictObject({
  version: v.literal(1),
  /** `observe`: everything is decided and nothing enforced. Default `enforce`. */
  mode: v.optional(v.picklist(['enforce', 'observe'])),
  /** Lower edges of the bands in log-odds of attack, strictly rising. */
  bands: v.strictObject({ medium: nats, high: nats, critical: nats }),
  requirements: v.strictObject({ low: verdict, medium: verdict, high: verdict, critical: verdict }),
  /** Signals wanted from the page; an envelope without one of them (and without its stated absence) falls under `missing_signals`. */
  wanted_signals: v.optional(v.array(name)),
  missing_signals: v.optional(v.picklist(['stricter', 'deny', 'allow'])),
  unmet: v.optional(unmet),
  actions: v.record(name, action),
})
export type Policy = v.InferOutput<typeof policy>
