import type { Store } from '@newel/engine'
import { describe, expect, it } from 'vitest'
import { sqliteDatabase } from './database.ts'
import { challenged, createPerson, mailedCode, transfer, verifyChallenge } from './people.ts'
import { openWorld } from './serve.ts'

describe('work in flight', () => {
  it('past its limit is turned away before it begins, signals first, and never what finishes something', async () => {
    let open: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (open = resolve))
    let waiting = 0
    /** A database that answers calls for export when it is told to. */
    const slow = (store: Store): Store =>
      new Proxy(store, {
        get: (target, name) =>
          name === 'exportSubject'
            ? async (...args: Parameters<Store['exportSubject']>) => {
                waiting += 1
                await gate
                return target.exportSubject(...args)
              }
            : (Reflect.get(target, name) as unknown),
      })
    const busy = await openWorld(await sqliteDatabase(), {
      limits: { inFlight: 8 },
      between: slow,
    })
    try {
      const person = await createPerson(busy, 'ada')
      const id = await challenged(busy, person, transfer)
      const code = await mailedCode(busy, person, id)
      // Two tenants: one of them alone may take half of what there is.
      const held = Array.from({ length: 3 }, () => busy.bankEnd.call('GET', '/v1/subjects/ada/export'))
      await expect.poll(() => waiting).toBe(3)
      const hello = await person.page.call('POST', '/v1/hello', { jkt: person.page.device.jkt })
      expect([hello.status, hello.body['code'], hello.headers.get('retry-after')]).toEqual([
        503,
        'newel_unavailable',
        '1',
      ])
      const { subject, session } = person
      expect((await busy.bankEnd.assess({ ...transfer, subject, session })).status).toBe(200)
      held.push(busy.bankEnd.call('GET', '/v1/subjects/ada/export'))
      await expect.poll(() => waiting).toBe(4)
      const assessed = await busy.bankEnd.assess({ ...transfer, subject, session })
      expect([assessed.status, assessed.headers.get('retry-after')]).toEqual([503, '1'])
      // The tenant beside it has its own half.
      expect((await busy.shopEnd.assess({ action: 'statement.read', subject })).status).toBe(400)
      expect(await verifyChallenge(person, id, 'email', { code })).toMatchObject({ status: 200 })
      open()
      expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
      expect((await busy.bankEnd.assess({ ...transfer, subject, session })).status).toBe(200)
    } finally {
      open()
      await busy.close()
    }
  })
})
