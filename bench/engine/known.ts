import {
  compilePolicy,
  extractFeatures,
  foldProfile,
  shippedBackground,
  shippedBackgroundVersion,
  shippedModel,
  shippedModelVersion,
  type DecisionInput,
  type Facts,
  type OutcomeEvent,
  type SubjectInput,
} from '@newel/engine'
import { action, tenant } from '../assessments/setting.ts'
import { dayMs, factsOf, nowMs, signInFacts } from './observed.ts'

/** Sessions of half a year. */
const sessions = 240
const hoursApart = 18

/** One session in ten was challenged, the others were allowed in silence: the latest of those still wait. */
export function pastSessions(count: number): readonly OutcomeEvent[] {
  return Array.from({ length: count }, (_, index): OutcomeEvent => {
    const atMs = nowMs - (count - index) * hoursApart * 3_600_000
    const features = extractFeatures(factsOf(index, atMs))
    const id = `event-${index}`
    return index % 10 < 2
      ? { id, atMs, kind: 'passed', method: 'totp', acr: 'newel:otp', features }
      : { id, atMs, kind: 'allowed', features }
  })
}

export function warmProfile(): Uint8Array {
  return foldProfile(undefined, pastSessions(sessions), { nowMs })
}

/** The usual request of a well-known person: every signal that is compared was given, and every section of the profile is filled. */
export const usualInput = (profile: SubjectInput['profile']): DecisionInput =>
  inputOf(factsOf(sessions, nowMs), profile)

/** The same person at a sign-in page. */
export const signInInput = (profile: SubjectInput['profile']): DecisionInput =>
  inputOf(signInFacts(sessions, nowMs), profile)

/** @param profile as it is stored, or read before */
function inputOf(facts: Facts, profile: SubjectInput['profile']): DecisionInput {
  const compiled = compilePolicy(tenant.policy)
  if (!compiled.ok) throw new Error('the policy does not compile')
  return {
    question: { action, params: { to: 'Kofi Mensah', amount: '120.00' } },
    facts,
    subject: {
      id: 'person',
      createdInThisSession: false,
      profile,
      profileVersion: 1,
      events: [],
    },
    grants: [
      { id: 'grant', jkt: facts.device.jkt!, method: 'totp', acr: 'newel:otp', atMs: nowMs - 30 * dayMs },
    ],
    demands: [],
    session: 's'.repeat(43),
    assurance: [],
    methods: [{ method: 'totp', acr: 'newel:otp' }],
    policy: compiled.policy,
    policyVersion: 'bench',
    model: shippedModel,
    modelVersion: shippedModelVersion,
    background: shippedBackground,
    backgroundVersion: shippedBackgroundVersion,
  }
}
