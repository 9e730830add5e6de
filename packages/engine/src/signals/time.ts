import { hourProbability } from '../background/probability.ts'
import type { Finding } from '../evidence/groups.ts'
import type { Features } from '../facts.ts'
import { ln } from '../math/ln.ts'
import { createReader, createWriter } from '../profile/bytes.ts'
import { unitsPerSession } from '../profile/value-tree.ts'
import { blend, defineComparator, type Section } from './comparator.ts'

/** Quarters of a session by hour of the week, Monday 00:00 first. */
type Hours = readonly number[]
const hoursPerWeek = 168
const maxCount = 255

/** How near hours count: this hour, and those one, two and three away, before and after. Sums to 1. */
const kernel = [0.3, 0.2, 0.1, 0.05] as const
/** Share of the same hour on any day, beside that of this very day. */
const anyDay = 0.6
/** Sessions that the background weighs. */
const priorSessions = 4

/** The hour of the week by the person's clock; `undefined` where the client's offset is not known. */
export function hourOfWeek(atMs: number, offsetMinutes: number | undefined): number | undefined {
  if (offsetMinutes === undefined) return undefined
  const hours = Math.floor((atMs + offsetMinutes * 60_000) / 3_600_000)
  // 1970-01-01 was a Thursday.
  return (((hours + 72) % hoursPerWeek) + hoursPerWeek) % hoursPerWeek
}

const noHours: Hours = Array.from({ length: hoursPerWeek }, () => 0)

const section: Section<Hours> = {
  empty: noHours,
  decode(bytes) {
    const reader = createReader(bytes)
    const hours = noHours.slice()
    let at = -1
    for (let left = reader.varint(hoursPerWeek); left > 0; left -= 1) {
      at += reader.varint(hoursPerWeek) + 1
      hours[at] = reader.varint(maxCount)
    }
    reader.end()
    return hours.slice(0, hoursPerWeek)
  },
  encode(hours) {
    const writer = createWriter()
    writer.varint(hours.filter((count) => count > 0).length)
    let last = -1
    for (const [hour, count] of hours.entries()) {
      if (count === 0) continue
      writer.varint(hour - last - 1)
      writer.varint(count)
      last = hour
    }
    return writer.finish()
  },
  sample(features: Features) {
    const hour = hourOfWeek(features.atMs, features.client.offsetMinutes)
    return hour === undefined ? [] : [hour]
  },
  mask: (hours, [hour]) => (hour !== undefined && (hours[hour] ?? 0) > 0 ? [hour] : []),
  learn(hours, [hour], units) {
    if (hour === undefined || hour >= hoursPerWeek) return hours
    const next = hours.slice()
    next[hour] = (hours[hour] ?? 0) + units
    return next[hour] > maxCount ? next.map((count) => Math.floor(count / 2)) : next
  },
}

/** Mass around an hour, on this day and on any. Circular: Sunday night is next to Monday morning. */
function massAround(hours: Hours, hour: number): number {
  let sum = 0
  for (let distance = -3; distance <= 3; distance += 1) {
    const near = kernel[Math.abs(distance)]!
    for (let day = 0; day < 7; day += 1) {
      const count = hours[(hour + distance + day * 24 + hoursPerWeek) % hoursPerWeek]!
      sum += count * near * (day === 0 ? 1 - anyDay + anyDay / 7 : anyDay / 7)
    }
  }
  return sum / unitsPerSession
}

/** The hour of the week by the client's own offset, circularly smoothed. */
export const time = defineComparator<Hours>({
  id: 'time@1',
  group: 'time',
  section,
  compare({ features, background }, anchors, all): readonly Finding[] {
    const hour = hourOfWeek(features.atMs, features.client.offsetMinutes)
    if (hour === undefined) return []
    const others = hourProbability(background, hour)
    const total = (hours: Hours): number => hours.reduce((sum, count) => sum + count, 0) / unitsPerSession
    const support = total(all)
    if (support === 0) return []
    const score = (hours: Hours): number =>
      ln((others * (total(hours) + priorSessions)) / (massAround(hours, hour) + priorSessions * others))
    const nats = blend(score(anchors), score(all))
    return [{ code: nats <= 0 ? 'time_familiar' : 'time_unfamiliar', nats, support }]
  },
})
