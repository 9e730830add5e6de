import * as engine from '@newel/engine'
import { createNewel, rotateKeys, type Connection, type Mail } from '@newel/server'
import { checkVectors, type Vectors } from '../../packages/engine/test/vectors/check.ts'
import { bank, masterKey, newelUrl, shop } from './world.ts'

export type Handler = (request: Request, connection: Connection) => Promise<Response>

/**
 * Newel as an application would mount it, and beside it, under `/test`, what a test has to reach from outside of the
 * process: the clock, the mails, what an operator does by command, and the engine itself.
 */
export function createHost(store: engine.Store, runtime: string): Handler {
  const mails: Mail[] = []
  const clock = { nowMs: 0 }
  const newel = createNewel({
    url: newelUrl,
    store,
    masterKey,
    tenants: [bank, shop],
    mailer: { send: async (mail) => void mails.push(mail) },
    now: () => clock.nowMs,
  })
  const controls: Record<string, (body: unknown) => unknown> = {
    '/test/runtime': () => ({ runtime }),
    '/test/clock': (body) => {
      clock.nowMs = (body as { now_ms: number }).now_ms
      return {}
    },
    '/test/mails': () => mails,
    '/test/vectors': (body) => checkVectors(engine, body as Vectors),
    '/test/tick': () => newel.tick(),
    '/test/rotate': async (body) => {
      const { emergency } = body as { emergency: boolean }
      const keys = await rotateKeys({ store, masterKey, tenant: bank.id, emergency, nowMs: clock.nowMs })
      return keys.map(({ kid }) => kid)
    },
  }
  return async (request, connection) => {
    const control = controls[new URL(request.url).pathname]
    if (control === undefined) return newel.fetch(request, connection)
    return Response.json(await control(await request.json()))
  }
}
