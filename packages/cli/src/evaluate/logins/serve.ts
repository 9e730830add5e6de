import {
  coinSides,
  decide,
  extractFeatures,
  foldProfile,
  shippedBackground,
  shippedBackgroundVersion,
  shippedModel,
  shippedModelVersion,
  type AvailableMethod,
  type CompiledPolicy,
  type DecisionOutput,
  type Facts,
  type OutcomeEvent,
} from '@newel/engine'
import { acrSatisfies, methods as declared, type MethodName } from '@newel/protocol'
import { createHash } from 'node:crypto'
import type { SubjectState } from './states.ts'

export interface Serving {
  readonly policy: CompiledPolicy
  /** Declared by the policy. */
  readonly action: string
  /** What every subject can answer with. */
  readonly methods: readonly MethodName[]
}

/** Coins of audits as a server draws them, under no secret: the same on every run. */
const coinFor =
  (subject: string) =>
  (completed: number): number =>
    Math.floor(
      (createHash('sha256').update(`${completed}\n${subject}`).digest().readUIntBE(0, 6) / 2 ** 48) *
        coinSides,
    )

/** The decision of the shipped engine on what is kept of a subject. */
export function decideOn(
  serving: Serving,
  subject: string,
  state: SubjectState,
  facts: Facts,
): DecisionOutput {
  const { policy, action } = serving
  const methods = serving.methods.map((method): AvailableMethod => ({ method, acr: declared[method].acr }))
  return decide({
    question: { action, params: {} },
    facts,
    subject: {
      id: subject,
      createdInThisSession: false,
      profile: state.profile,
      profileVersion: state.profileVersion,
      events: [],
    },
    grants: state.grants,
    demands: state.demands,
    // Each sign-in is a session of its own, so that no earlier one has proven anything for it.
    assurance: [],
    methods,
    coin: coinFor(subject),
    policy,
    policyVersion: 'evaluated',
    model: shippedModel,
    modelVersion: shippedModelVersion,
    background: shippedBackground,
    backgroundVersion: shippedBackgroundVersion,
  })
}

/** Grants that a server loads: the latest 64. */
const maxGrants = 64

/** What the server writes after a decision: grant, demand, outcome, and the fold of it. */
export function after(
  state: SubjectState,
  facts: Facts,
  decision: DecisionOutput,
  passed: boolean,
): SubjectState {
  const { nowMs, device, network } = facts
  const demands = state.demands.filter(({ untilMs }) => untilMs > nowMs)
  const id = `${state.index}.${state.rows}`
  const event = (more: Pick<OutcomeEvent, 'kind' | 'method' | 'acr'>): OutcomeEvent => ({
    id,
    atMs: nowMs,
    ...more,
    features: extractFeatures(facts),
  })
  const folded = (outcome: OutcomeEvent): Pick<SubjectState, 'profile' | 'profileVersion'> => ({
    profile: foldProfile(state.profile, [outcome], { nowMs }),
    profileVersion: state.profileVersion + 1,
  })
  if (decision.decision === 'allow') return { ...state, demands, ...folded(event({ kind: 'allowed' })) }
  if (decision.decision === 'deny' || !passed) {
    const { demand } = decision
    return { ...state, demands: demand === undefined ? demands : [...demands, demand] }
  }
  const [method] = decision.required!.methods
  const { acr } = declared[method!]
  const { jkt } = device
  return {
    ...state,
    ...folded(event({ kind: 'passed', method: method!, acr })),
    demands: demands.filter(
      (demand) =>
        !acrSatisfies(acr, demand.acr) ||
        (demand.jkt !== jkt && (demand.prefix === undefined || demand.prefix !== network.prefix)),
    ),
    grants:
      device.ephemeral || jkt === undefined
        ? state.grants
        : [...state.grants, { id, jkt, method: method!, acr, challenge: id, atMs: nowMs }].slice(-maxGrants),
  }
}
