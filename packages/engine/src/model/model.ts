import type { Group } from '../evidence/groups.ts'

/** What is learned per tenant (design, section 5). Immutable; a change is a new version. */
export interface Model {
  /** Log-odds of attack before any evidence. */
  readonly baseNats: number
  /** Weight of each group, in [0.5, 1.5]. */
  readonly weights: Readonly<Record<Group, number>>
  /** `tenant` from 50 hard fraud labels on. */
  readonly calibration: 'shipped' | 'tenant'
}

/** Nothing learned: one attack in 10 000 decisions, ln(1 / 9 999), and every group at its face value. */
export const shippedModel: Model = {
  baseNats: -9.21024,
  weights: { device: 1, key: 1, network: 1, client: 1, time: 1, behaviour: 1, absence: 1, attack: 1 },
  calibration: 'shipped',
}
export const shippedModelVersion = 'shipped-2'
