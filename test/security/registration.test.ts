import { createGuard } from '@newel/guard'
import { createTestNewel, type TestDevice } from '@newel/testkit'
import { expect, it } from 'vitest'

it('waives the hold of a passkey for who registers, and for nobody who has the same session weeks later', async () => {
  const newel = createTestNewel({ holdHours: 24 })
  const guard = createGuard({
    server: newel,
    secretKey: newel.secretKey,
    aud: newel.origin,
    clientAddress: 'unknown',
    logger: { log: () => undefined },
  })
  const requestOf = (headers: Record<string, string>) => ({ headers: new Headers(headers) })
  async function adds(id: string, device: TestDevice): Promise<string[]> {
    const input = { method: 'passkey', subject: { id }, session: `of ${id}` } as const
    let response = await guard.enroll({ ...input, request: requestOf(await device.headers()) })
    if (response.status === 401) {
      response = await guard.enroll({ ...input, request: requestOf(await device.steppedUp(response)) })
    }
    const { enrollment } = (await response.json()) as { enrollment: { id: string } }
    await device.enroll(enrollment.id)
    const listed = await guard.authenticators(id)
    return listed.ok ? listed.authenticators.map(({ method, acr }) => `${method} ${acr}`) : []
  }
  const registers = async (id: string): Promise<TestDevice> => {
    const device = await newel.device()
    const request = requestOf(await device.headers())
    await guard.report({ type: 'subject.created', subject: { id }, session: `of ${id}`, request })
    await guard.putSubject({ id, email: { value: `${id}@mail.test`, verified_at_ms: 1 } })
    return device
  }
  expect(await adds('maya', await registers('maya'))).toContain('passkey phr')

  await registers('noor')
  newel.clock.advance(20 * 86_400_000)
  const thief = await newel.device({ address: '203.0.113.9' })
  // Who has the cookie and reads the mail once has a contact's worth of assurance, until the hold has passed.
  expect(await adds('noor', thief)).toContain('passkey newel:contact')
})
