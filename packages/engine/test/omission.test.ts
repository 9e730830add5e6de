import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gatherEvidence } from '../src/decide/evidence.ts'
import { isProven } from '../src/decide/situation.ts'
import { combine } from '../src/evidence/combine.ts'
import { shippedBackground, shippedModel, type Evidence, type Facts } from '../src/index.ts'
import { withPending } from '../src/profile/profile.ts'
import { grantsOf } from '../src/signals/grants.ts'
import { comparedSignals } from '../src/signals/given.ts'
import { startMs } from './account.ts'
import { session, subject, subset, type Subject } from './drawn-subjects.ts'
import { copies, observed, omissions, omit, type Observed } from './omissions.ts'

it('every signal that is compared can be left out here', () => {
  expect([...observed, 'device-key'].sort()).toEqual([...comparedSignals].sort())
})

function evidenceOf({ profile, grants, nowMs }: Subject, facts: Facts) {
  const now = { ...facts, nowMs: nowMs + (facts.nowMs - startMs) }
  const shown = grantsOf(grants, now.device, isProven(now))
  const evidence = gatherEvidence({
    all: withPending(profile),
    facts: now,
    profile,
    background: shippedBackground,
    grants: shown,
    hasKeys: grants.length > 0,
  })
  return { evidence, keyProven: shown.length > 0 }
}
const natsOf = (evidence: readonly Evidence[], keyProven: boolean): number =>
  combine(evidence, shippedModel.weights, keyProven).nats
const score = (known: Subject, facts: Facts): number => {
  const { evidence, keyProven } = evidenceOf(known, facts)
  return natsOf(evidence, keyProven)
}

describe('leaving signals out', () => {
  it('never scores below the same session with the evidence of what is left out set to zero', () => {
    const some = fc.subarray([...observed], { minLength: 1 })
    fc.assert(
      fc.property(subject, session, some, (known, facts, signals) => {
        const { evidence, keyProven } = evidenceOf(known, facts)
        const silent = signals.flatMap((signal) => omissions[signal].readBy)
        const zeroed = evidence.filter(({ comparator }) => !silent.includes(comparator))
        const stated = Object.keys(facts.absent) as Observed[]
        const left = omit(facts, [...new Set([...stated, ...signals])])
        expect(score(known, left)).toBeGreaterThanOrEqual(natsOf(zeroed, keyProven))
      }),
      { numRuns: 400, seed: 4 },
    )
  }, 30_000)

  it('of a fingerprint, too: without some of its components it never calms more than with them, nor than without any', () => {
    fc.assert(
      fc.property(subject, session, fc.nat(), (known, facts, pick) => {
        const { fingerprint } = facts.device
        const own = known.sessions[pick % known.sessions.length]!.device.fingerprint
        fc.pre(fingerprint !== undefined && own !== undefined)
        // What agrees with one of the subject's own devices, and nothing else.
        const components = Object.fromEntries(
          Object.entries(fingerprint.components).filter(([name, value]) => own.components[name] === value),
        )
        const partly: Facts = {
          ...facts,
          device: { ...facts.device, fingerprint: { ...fingerprint, components } },
        }
        const { evidence, keyProven } = evidenceOf(known, facts)
        const zeroed = evidence.filter(({ comparator }) => comparator !== 'fingerprint@1')
        const least = Math.min(natsOf(evidence, keyProven), natsOf(zeroed, keyProven))
        expect(score(known, partly)).toBeGreaterThanOrEqual(least)
      }),
      { numRuns: 1000, seed: 4 },
    )
  }, 30_000)

  it('gains an attacker nothing, whatever the best subset, over what is typical of the subject and leaves out the same', () => {
    fc.assert(
      // There are too many subsets to try each on every attack.
      fc.property(
        subject,
        session,
        fc.array(subset, { minLength: 32, maxLength: 32 }),
        (known, attack, tried) => {
          for (const left of [[], observed, ...tried]) {
            const typical = score(known, omit(typicalOn(known, attack, left), left))
            expect(score(known, omit(attack, left))).toBeGreaterThanOrEqual(typical)
          }
        },
      ),
      { numRuns: 8, seed: 4 },
    )
  }, 30_000)
})

/** The attacker's connection, client and key, with the calmest of what the subject's own pages showed, signal by signal. */
function typicalOn(known: Subject, attack: Facts, left: readonly Observed[]): Facts {
  let typical = attack
  for (const signal of observed.filter((each) => !left.includes(each))) {
    for (const own of known.sessions) {
      const tried = copies[signal](typical, own)
      if (score(known, omit(tried, left)) < score(known, omit(typical, left))) typical = tried
    }
  }
  return typical
}
