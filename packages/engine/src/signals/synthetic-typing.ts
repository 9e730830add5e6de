import type { Finding } from '../evidence/groups.ts'
import { typedTexts } from '../typing/facts.ts'
import { rowsOf } from '../typing/rows.ts'
import { findReplay, isJitterless, isTelling } from '../typing/rhythm.ts'
import { sameKind, type Slot } from '../typing/slot.ts'
import { defineComparator } from './comparator.ts'

/** Own estimates: programs that type for people (auto-type of a password safe, remote desktops) have no jitter either. */
const jitterlessNats = 1.5
const replayNats = 3
/** How long a visit may go on from the typing that it began with. */
const visitMs = 12 * 3_600_000

/** Whether the subject itself is known to type so. */
const hasJitterless = (slot: Slot): boolean =>
  rowsOf(slot).some(({ waits, codes }) => waits === undefined && isJitterless(codes))

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
    for (const { kind, codes } of typedTexts(typing)) {
      if (!isTelling(kind)) continue
      const slot = slots.find((each) => sameKind(each, kind))
      if (isJitterless(codes)) {
        jitterless ||= slot === undefined || !hasJitterless(slot)
        continue
      }
      if (slot === undefined) continue
      for (let row = findReplay(slot, codes); row >= 0; row = findReplay(slot, codes, row + 1)) {
        const learnedMs = slot.minutes[row]! * 60_000
        // Learned since it was first seen in this visit, or lately from this very device: it is the same typing.
        const own =
          learnedMs >= typing.sinceMs - 60_000 || (grants.length > 0 && facts.nowMs - learnedMs <= visitMs)
        replayed ||= !own
      }
    }
    return [
      ...(replayed ? [{ code: 'typing_replayed', nats: replayNats, support: 1 } as const] : []),
      ...(jitterless ? [{ code: 'typing_jitterless', nats: jitterlessNats, support: 1 } as const] : []),
    ]
  },
})
