import { vi } from 'vitest'
import { NewelError } from '../src/errors.ts'
import { createSession, type Session } from '../src/session.ts'
import { createStepUpFetch, type StepUpDependencies } from '../src/step-up-fetch.ts'
import { createTransport } from '../src/transport.ts'
import { createTurns } from '../src/turns.ts'
import { fakeId, problem } from './fake-newel.ts'
import { createWorld, publishableKey, type Sent, type World } from './world.ts'

const serverMs = 1_800_000_000_000
/** A listed origin beside the page's own. */
export const api = 'https://api.example'

/** A page whose back end asks for proofs, and a prompt that answers each with a token. */
export interface Stepping {
  readonly world: World
  readonly session: Session
  readonly prompt: ReturnType<typeof vi.fn<StepUpDependencies['prompt']>>
  readonly stepUp: typeof fetch
}

export function createStepping(): Stepping {
  sessionStorage.clear()
  const world = createWorld(() => serverMs)
  const session = createSession(createTransport('/newel', publishableKey), [])
  const prompt = vi.fn<StepUpDependencies['prompt']>(async ({ id }) => `token.${id}`)
  const stepUp = createStepUpFetch({ session, turns: createTurns(), protect: [api], prompt })
  return { world, session, prompt, stepUp }
}

export const post = {
  method: 'POST',
  body: 'amount=250',
  headers: { 'Content-Type': 'text/plain', 'X-Own': '1' },
}
export const challenge = (number = 1) => ({
  id: fakeId('chl', number),
  methods: ['totp'],
  acr: 'newel:otp',
  expires_at_ms: serverMs + 300_000,
})
export const demand = (number = 1): Response =>
  problem(401, 'insufficient_user_authentication', { challenge: challenge(number) })
/** What of ours a request carried. */
export const signed = (sent: Sent | undefined) => ({
  receipt: sent?.headers.get('Newel-Receipt'),
  proof: sent?.headers.get('Newel-Proof'),
  token: sent?.headers.get('Newel-Token'),
})
export const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof NewelError ? error.code : error),
  )
