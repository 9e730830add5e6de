import type { Facts } from '@newel/engine'
import { seededRandom } from '@newel/testkit'
import { runLogins, type RunOptions } from '../logins/run.ts'
import { decideOn } from '../logins/serve.ts'
import type { SubjectState } from '../logins/states.ts'
import { createSwaps, movedTo, type SwapRow } from './figures.ts'
import { createPool, matches } from './pool.ts'

const seed = 20260102

/** A subject is tried at its 4th, 8th, 16th … sign-in, so that busy ones do not weigh most. */
const isDue = (logins: number): boolean => logins >= 4 && (logins & (logins - 1)) === 0

/** Sessions of other owners, recorded so far in the file, against the profile that each subject has by then. */
export async function swapsOfFile(
  options: Omit<RunOptions, 'watch' | 'models'>,
): Promise<{ readonly rows: readonly SwapRow[]; readonly sha256: string }> {
  const random = seededRandom(seed)
  const pool = createPool(random)
  const swaps = createSwaps()
  const watch = (subject: string, state: SubjectState, facts: Facts): void => {
    const own = { subject, facts }
    if (isDue(state.logins)) {
      for (const match of matches) {
        const other = pool.draw(match, own)
        if (other === undefined) continue
        swaps.count(match, subject, decideOn(options, subject, state, movedTo(other.facts, facts.nowMs)))
      }
    }
    pool.add(own)
  }
  const { sha256 } = await runLogins({ ...options, models: false, watch })
  return { rows: swaps.rows(), sha256 }
}
