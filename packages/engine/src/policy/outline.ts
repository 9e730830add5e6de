import { levels, type Level } from '@newel/protocol'
import { askedBy, defaultMaxAgeSeconds, nothingAsked, stricter, type Asked } from '../decide/asked.ts'
import { logistic } from '../math/logistic.ts'
import { toNats } from '../math/micro-nats.ts'
import { isBuiltIn } from './actions.ts'
import type { CompiledPolicy } from './types.ts'

/** What an action asks in one band, whatever rules, lists, callers and demands ask beside it. */
export interface BandOutline {
  readonly level: Level
  /** Least probability of attack; 0 for the lowest band. */
  readonly fromScore: number
  /** Least log-odds of attack, in nats; absent for the lowest band. */
  readonly fromNats?: number
  readonly asks: Asked
}

export interface ActionOutline {
  readonly action: string
  readonly once: boolean
  readonly startsSession: boolean
  /** The action guards authenticators: no band asks less than the highest acr that the subject has. */
  readonly builtIn: boolean
  readonly stakesNats: number
  readonly bands: readonly BandOutline[]
  /** Rules that may ask for more, by id. */
  readonly rules: readonly string[]
}

/** What every action of a policy asks at each band. */
export function outlinePolicy(policy: Omit<CompiledPolicy, 'shadow'>): readonly ActionOutline[] {
  return [...policy.actions].map(([action, declaration]) => {
    const stakesNats = declaration.stakes_nats ?? 0
    const builtIn = isBuiltIn(action)
    // Which acr that is depends on the subject; how old a proof may be does not.
    const guarded = builtIn ? [{ ...nothingAsked, maxAgeSeconds: defaultMaxAgeSeconds }] : []
    const floor = declaration.floor === undefined ? guarded : [...guarded, askedBy(declaration.floor)]
    return {
      action,
      once: declaration.once === true,
      startsSession: declaration.starts_session === true,
      builtIn,
      stakesNats,
      bands: levels.map((level) => {
        const verdict = policy.requirements[level]
        const asks = [askedBy(verdict === 'allow' ? {} : verdict), ...floor].reduce(stricter)
        if (level === 'low') return { level, fromScore: 0, asks }
        const fromNats = toNats(policy.edges[level]) - stakesNats
        return { level, fromNats, fromScore: logistic(fromNats), asks }
      }),
      rules: policy.rules
        .filter(
          ({ mode, actions }) => mode === 'enforce' && (actions === undefined || actions.includes(action)),
        )
        .map(({ id }) => id),
    }
  })
}
