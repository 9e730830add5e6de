import { expect, it } from 'vitest'
import { assessment, jws, origin, problem } from '../test/fake-newel.ts'
import { ask, page, setUp } from '../test/set-up.ts'

const proofFor = (aud: string): string =>
  `header.${btoa(JSON.stringify({ aud })).replaceAll('=', '')}.signature`
const signals = () => assessment({ decision: 'challenge', problem: 'signals_required' })

it('says that aud is not the origin of the page, where the proof is for another', async () => {
  const { guard, log } = setUp([signals()])
  await guard.check(ask({ ...page, 'newel-proof': proofFor('http://bank.example') }))
  expect(log).toHaveBeenCalledExactlyOnceWith('warn', 'signals_required', {
    action: 'transfer',
    says: expect.stringContaining(`another origin than aud, ${origin}`) as string,
  })
})

it('says that another Newel may have made them, where receipt and proof do not count', async () => {
  const { guard, log } = setUp([signals()])
  await guard.check(ask({ ...page, 'newel-proof': proofFor(origin) }))
  expect(log).toHaveBeenCalledExactlyOnceWith('warn', 'signals_required', {
    action: 'transfer',
    says: expect.stringContaining('another Newel than the one that this guard asks') as string,
  })
})

it('says nothing of a page that sent neither', async () => {
  const { guard, log } = setUp([signals(), signals()])
  await guard.check(ask({ origin }))
  await guard.check(ask({ origin, 'newel-receipt': jws('receipt') }))
  expect(log).not.toHaveBeenCalled()
})

it('says once for each action that an account has nothing to prove itself with', async () => {
  const unmet = () => assessment({ decision: 'deny', problem: 'unmet_authentication_requirements' })
  const { guard, log } = setUp([unmet(), unmet(), unmet(), { json: { assessment: unmet().json } }])
  await guard.check(ask())
  await guard.check(ask())
  await guard.check(ask(page, { action: 'close-account', params: {} }))
  const { request } = ask()
  await guard.enroll({ request, subject: { id: 'u1' }, session: 's1', method: 'passkey' })
  const says = expect.stringContaining('putSubject') as string
  expect(log.mock.calls).toEqual(
    ['transfer', 'close-account', 'newel.enroll'].map((action) => [
      'warn',
      'unmet_authentication_requirements',
      { action, says },
    ]),
  )
})

it('says where Newel is looked for, where nobody answers', async () => {
  const { guard, log } = setUp([problem('newel_unavailable', 503)])
  await guard.check(ask())
  expect(log).toHaveBeenCalledWith('error', 'newel_unavailable', {
    server: 'in this process',
    path: '/v1/assessments',
    cause: 'failed',
  })
})

it('says a mistake once, where Newel names it as a whole and by its place', async () => {
  const detail = 'the policy declares no such action; did you mean "transfer"?'
  const { guard } = setUp([
    { status: 400, json: { code: 'unknown_action', detail, errors: [{ pointer: '/action', detail }] } },
  ])
  await expect(guard.check(ask())).rejects.toMatchObject({
    message: `Newel refuses /v1/assessments: unknown_action; ${detail}`,
  })
})

it('says once that no request has an address, unless none was to be found', async () => {
  const bare = ask(page, { request: { headers: new Headers(page) } })
  const { guard, log } = setUp([assessment(), assessment()])
  await guard.check(bare)
  await guard.check(bare)
  const says = expect.stringContaining('clientAddress finds no address') as string
  expect(log).toHaveBeenCalledExactlyOnceWith('warn', 'address_unknown', { says })

  const other = setUp([assessment()], { clientAddress: 'unknown' })
  await other.guard.check(bare)
  expect(other.log).not.toHaveBeenCalled()
})
