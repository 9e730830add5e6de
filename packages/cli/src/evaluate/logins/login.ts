import * as v from 'valibot'

export const attackerKinds = ['naive', 'vpn', 'targeted', 'takeover'] as const
export type AttackerKind = (typeof attackerKinds)[number]

const text = (max: number) => v.pipe(v.string(), v.maxLength(max))
const count = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max))
const milliseconds = v.array(v.pipe(v.number(), v.minValue(-60_000), v.maxValue(60_000)))

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
  typing: v.optional(
    v.object({
      hold_ms: v.pipe(milliseconds, v.maxLength(256)),
      down_down_ms: v.pipe(milliseconds, v.maxLength(256)),
      resolution_ms: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1000))),
    }),
  ),
})
export type Login = v.InferOutput<typeof loginSchema>
