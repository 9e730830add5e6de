import { methods } from '@newel/protocol'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { specs, type RouteName, type RouteSpec } from '../../packages/server/src/routes/specs/index.ts'
import { documentChanges, memberChanges, textChanges, type Change } from './bodies.ts'
import { late, sqliteDatabase } from './database.ts'
import { prepare } from './requests.ts'
import { send, type Refusal } from './send.ts'
import { openWorld, type World } from './serve.ts'

const withBody = (Object.keys(specs) as RouteName[]).filter(
  (name) => (specs[name] as RouteSpec).body !== undefined,
)

/** The answers of methods have schemas of their own. */
const passkeyResponse: Partial<Record<RouteName, v.GenericSchema>> = {
  challengeVerify: v.object({ response: methods.passkey.response }),
  enrollmentVerify: v.object({ response: methods.passkey.enrollment }),
}

/** Whether a change left something that the contract allows; `1e309` is what JSON.parse makes of it. */
function isAllowed(name: RouteName, { text }: Change): boolean {
  const value: unknown = JSON.parse(text)
  const inner = passkeyResponse[name]
  const { body } = specs[name] as RouteSpec
  const fits = v.is(body ?? v.never(), value) && (inner === undefined || v.is(inner, value))
  // To the schemas an empty list is an object without members; here it is a mistake, but where anything may stand.
  return fits && !(text.includes('[]') && !/"clientExtensionResults":\[\]|"transports":\[\]/.test(text))
}

const says = ({ status, code, headers, text }: Refusal): object => ({
  status,
  code,
  cached: headers.get('cache-control'),
  echoes: /xxxxx/.test(text),
})

// None of them reaches the database, so that one kind will do.
describe('bad bodies', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(await sqliteDatabase())
  })
  afterAll(() => world.close())

  it.each(withBody)('%s refuses each with a problem document and stores nothing', async (name) => {
    const spec: RouteSpec = specs[name]
    const { path, body = {}, person } = await prepare(world, name, `bodies-${name}`)
    const changes = [
      ...documentChanges(body),
      ...textChanges(body),
      ...memberChanges(body).filter((change) => !isAllowed(name, change)),
    ]
    const before = await world.database.digest(late)
    const refused = { status: 400, code: 'invalid_request', cached: 'no-store', echoes: false }
    const wrong: object[] = []
    for (const { what, text } of changes) {
      const said = says(await send(world, spec, person, { path, body: text }))
      if (JSON.stringify(said) !== JSON.stringify(refused)) wrong.push({ what, ...said })
    }
    expect(wrong).toEqual([])
    expect(await world.database.digest(late)).toBe(before)

    const accepted = await send(world, spec, person, { path, body: JSON.stringify(body) })
    expect(accepted.status).toBe(200)
  })

  it('nothing of this was an error of the server', () => {
    expect(world.errors).toEqual([])
  })
})
