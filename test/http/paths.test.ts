import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { specs, type RouteName, type RouteSpec } from '../../packages/server/src/routes/specs/index.ts'
import { databases, late } from './database.ts'
import { prepare } from './requests.ts'
import { send } from './send.ts'
import { openWorld, type World } from './serve.ts'

const routes = Object.keys(specs) as RouteName[]
const specOf = (name: RouteName): RouteSpec => specs[name]

/** Text of a path for one that names things, with another in the place of each name in turn. */
const hostileNames = [
  '%00',
  'a%00b',
  '%ff%fe',
  '%',
  '%E0%A4%A',
  '..%2f..%2fetc%2fpasswd',
  "'%20or%201=1--",
  '%F0%9F%A6%89',
  '%EF%BF%BE',
  '__proto__',
  'constructor',
  'x'.repeat(5000),
]

// What a database makes of odd text differs from one to the other.
describe.each(databases)('names in paths, on %s', (_, open) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(await open())
  })
  afterAll(() => world.close())

  it.each(routes.filter((name) => specOf(name).path.includes(':')))(
    '%s answers hostile names in its path with a problem',
    async (name) => {
      const valid = await prepare(world, name, `paths-${name}`)
      const body = valid.body && JSON.stringify(valid.body)
      const before = await world.database.digest(late)
      const segments = specOf(name).path.split('/')
      const real = valid.path.split('/')
      const wrong: object[] = []
      for (const [index] of segments.entries()) {
        if (segments[index]?.startsWith(':') !== true) continue
        for (const hostile of hostileNames) {
          const path = real.map((segment, at) => (at === index ? hostile : segment)).join('/')
          const { status, code } = await send(world, specOf(name), valid.person, { path, body })
          // A name that is no id of ours is one that nobody has; some are ids that an application might give.
          if (status >= 500 || (status >= 400 && code === undefined)) wrong.push({ path, status, code })
        }
      }
      expect(wrong).toEqual([])
      if (specOf(name).method === 'GET') expect(await world.database.digest(late)).toBe(before)
    },
  )

  it('nothing of this was an error of the server', () => {
    expect(world.errors).toEqual([])
  })
})
