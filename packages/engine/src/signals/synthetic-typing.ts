import type { Finding } from '../evidence/groups.ts'
import { typedTexts } from '../typing/facts.ts'
import { isJitterless, isReplayOf, isTelling } from '../typing/rhythm.ts'
import { sameKind, type Slot } from '../typing/slot.ts'
import { defineComparator } from './comparator.ts'

/** Own estimates: programs that type for people (auto-type of a password safe, remote desktops) have no jitter either. */
const jitterlessNats = 1.5
const replayNats = 3
/** How long a visit may go on from the typing that it began with. */
const visitMs = 12 * 3_600_000

/**
 * Typing as no person types: without any jitter, or as it was typed before. Never against who always types so, and a
 * visit that shows its own typing again repeats nothing.
 */
export const syntheticTyping = defineComparator<readonly Slot[]>({
  id: 'synthetic-typing@1',
  group: 'attack',
  reads: 'typing@1',
  compare({ facts, features, grants }, slots): readonly Finding[] {
    const typing = features.behaviour?.typing
    if (typing === undefined) return []
    let replayed = false
    let jitterless = false
    for (const { kind, codes } of typedTexts(typing).filter((each) => isTelling(each.kind))) {
      const rows = slots.find((slot) => sameKind(slot, kind))?.rows ?? []
      if (isJitterless(codes)) {
        jitterless ||= !rows.some((row) => row.waits === undefined && isJitterless(row.codes))
        continue
      }
      replayed ||= rows.some((row) => {
        const learnedMs = row.minute * 60_000
        // Learned since it was first seen in this visit, or lately from this very device: it is the same typing.
        const own =
          learnedMs >= typing.sinceMs - 60_000 || (grants.length > 0 && facts.nowMs - learnedMs <= visitMs)
        return !own && isReplayOf(codes, row)
      })
    }
    return [
      ...(replayed ? [{ code: 'typing_replayed', nats: replayNats, support: 1 } as const] : []),
      ...(jitterless ? [{ code: 'typing_jitterless', nats: jitterlessNats, support: 1 } as const] : []),
    ]
  },
})
