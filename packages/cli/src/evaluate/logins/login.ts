import * as v from 'valibot'

export const attackerKinds = ['naive', 'vpn', 'targeted', 'takeover'] as const
export type AttackerKind = (typeof attackerKinds)[number]

const text = (max: number) => v.pipe(v.string(), v.maxLength(max))
const count = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max))
const milliseconds = v.pipe(v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(600_000))), v.maxLength(256))

/** How a password was typed; as lines of `newel evaluate typing` have it. */
const typingSchema = v.pipe(
  v.object({
    hold_ms: v.pipe(milliseconds, v.minLength(1)),
    down_down_ms: milliseconds,
    resolution_ms: v.optional(v.pipe(v.number(), v.minValue(0.001), v.maxValue(1000))),
    input: v.optional(v.picklist(['keys', 'screen'])),
  }),
  v.check(
    ({ hold_ms, down_down_ms }) => down_down_ms.length === hold_ms.length - 1,
    'down_down_ms has one value less than hold_ms',
  ),
)
export type LoginTyping = v.InferOutput<typeof typingSchema>

/** A line of NDJSON: docs/evaluate.md has the words for people. */
export const loginSchema = v.object({
  ts_ms: count(8_640_000_000_000_000),
  subject: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  ip: text(64),
  asn: v.optional(count(4_294_967_295)),
  country: v.optional(text(2)),
  region: v.optional(text(128)),
  city: v.optional(text(128)),
  rtt_ms: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(600_000))),
  user_agent: text(4096),
  success: v.boolean(),
  attacker: v.optional(v.picklist(attackerKinds)),
  device_key: v.optional(text(256)),
  observations: v.optional(v.record(v.string(), v.unknown())),
  typing: v.optional(typingSchema),
})
export type Login = v.InferOutput<typeof loginSchema>
