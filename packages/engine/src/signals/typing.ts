import type { Finding } from '../evidence/groups.ts'
import { ln } from '../math/ln.ts'
import { relativeScore, typingNats } from '../typing/calibration.ts'
import { featureCount } from '../typing/codes.ts'
import { distancesTo, minRows } from '../typing/compare.ts'
import { typedTexts, type Typed } from '../typing/facts.ts'
import { learnText, ripenTexts, shrinkTexts, takeBackTexts } from '../typing/learn.ts'
import { isTelling, withoutReplays } from '../typing/rhythm.ts'
import { decodeSlots, encodeSlots, sameKind, type Slot } from '../typing/slot.ts'
import { thresholdOf } from '../typing/threshold.ts'
import { anchorShare, defineComparator, type Keeper } from './comparator.ts'

type Slots = readonly Slot[]

/** A rhythm in a text that was never typed this way: another keyboard, clock or length. At most, and at most often. */
const newWayNats = 1
const newWayShare = 0.05

const keeper: Keeper<Slots> = {
  empty: [],
  decode: decodeSlots,
  encode: encodeSlots,
  learn: (slots, features, { event, atMs, backing }) =>
    typedTexts(features.behaviour?.typing).reduce(
      (state, { kind, codes }) => learnText(state, { kind, codes, atMs, event, backing }),
      slots,
    ),
  ripen: ripenTexts,
  takeBack: takeBackTexts,
  shrink: shrinkTexts,
}

function compareText({ kind, codes }: Typed, slots: Slots): readonly Finding[] {
  const slot = slots.find((each) => sameKind(each, kind))
  if (slot === undefined) {
    const others = slots.filter(({ field, starts }) => field === kind.field && starts.length >= minRows)
    if (others.length === 0) return []
    const rows = others.reduce((sum, { starts }) => sum + starts.length, 0)
    const share = Math.max(newWayShare, others.length / (rows + others.length))
    return [
      { code: 'typing_new_way', nats: Math.min(newWayNats, Math.max(0, ln(0.5 / share))), support: rows },
    ]
  }
  // The same typing, seen again in its visit, must not vouch for itself; and a replay must not either.
  const others = isTelling(kind) ? withoutReplays(slot, codes) : slot
  const rows = others.starts.length
  const { score, verified } = distancesTo(others, codes)
  if (score === undefined) return []
  const nats = typingNats(relativeScore(score, thresholdOf(slot)), rows, featureCount(kind.keys))
  // What only waits to be trusted says half.
  const said = verified === undefined ? (1 - anchorShare) * nats : nats
  return [{ code: said <= 0 ? 'typing_familiar' : 'typing_unfamiliar', nats: said, support: rows }]
}

/** The rhythm of texts that are typed again and again. Of two fields the less familiar one speaks. */
export const typing = defineComparator<Slots>({
  id: 'typing@1',
  group: 'behaviour',
  keeper,
  compare({ features }, slots): readonly Finding[] {
    const found = typedTexts(features.behaviour?.typing).flatMap((typed) => compareText(typed, slots))
    const worst = found.reduce<Finding | undefined>(
      (most, finding) => (most === undefined || finding.nats > most.nats ? finding : most),
      undefined,
    )
    return worst === undefined ? [] : [worst]
  },
})
