import type { Demand, Grant } from '@newel/engine'
import type { Spill } from './spill.ts'

/** What a server keeps of one subject. */
export interface SubjectState {
  /** In order of first appearance, from 0. */
  readonly index: number
  readonly profile: Uint8Array | undefined
  readonly profileVersion: number
  readonly grants: readonly Grant[]
  readonly demands: readonly Demand[]
  /** Good sign-ins so far. */
  readonly logins: number
  readonly rows: number
}

export interface States {
  get(subject: string): SubjectState
  put(subject: string, state: SubjectState): void
  /** Subjects that appeared. */
  readonly count: number
}

const defaultRoomBytes = 64 << 20
/** In memory, of a state without any, and of a grant or a demand. */
const stateBytes = 400
const grantBytes = 400

/** State of any number of subjects in a bounded piece of memory. */
export function createStates(spill: Spill, roomBytes = defaultRoomBytes): States {
  const states = spill.table<SubjectState>({
    roomBytes,
    bytesOf: ({ profile, grants, demands }) =>
      stateBytes + (profile?.length ?? 0) + grantBytes * (grants.length + demands.length),
    pack: ({ profile, ...state }) => [JSON.stringify(state), profile ?? null],
    unpack: ([text, bytes]) => ({
      ...(JSON.parse(text) as Omit<SubjectState, 'profile'>),
      profile: bytes ?? undefined,
    }),
  })
  let count = 0
  return {
    get(subject) {
      const known = states.get(subject)
      if (known !== undefined) return known
      count += 1
      return {
        index: count - 1,
        profile: undefined,
        profileVersion: 0,
        grants: [],
        demands: [],
        logins: 0,
        rows: 0,
      }
    },
    put: (subject, state) => {
      states.set(subject, state)
    },
    get count() {
      return count
    },
  }
}
