import { createNewel, defaultPolicy, type Connection, type Newel } from '@newel/server'
import { memoryStore } from '@newel/stores'
import { createMailbox, fixedClock, testDevice, TestProblem } from '@newel/testkit'
import { base64url } from 'jose'
import { beforeEach, expect, it } from 'vitest'

const origin = 'https://bank.test'
const url = `${origin}/newel`
const secretKey = `sk_bank_${'s'.repeat(40)}`
const publishableKey = `pk_bank_${'p'.repeat(20)}`
const clock = fixedClock(1_800_000_000_000)

let newel: Newel
let logged: string[]
let away: boolean
let mailbox: ReturnType<typeof createMailbox>

beforeEach(() => {
  logged = []
  away = false
  mailbox = createMailbox()
  newel = createNewel({
    url,
    store: memoryStore(),
    masterKey: base64url.encode(crypto.getRandomValues(new Uint8Array(32))),
    tenants: [
      {
        id: 'bank',
        name: 'Bank',
        origins: [origin],
        publishableKey,
        secretKeys: [secretKey],
        policy: { ...defaultPolicy, audit_share: 0, actions: { read: { params: 'none' } } },
      },
    ],
    mailer: {
      async send(mail) {
        // As SMTP servers and filters say it.
        const error = new Error(`550 <${mail.to}> refused: "${mail.text}"`)
        if (away) throw Object.assign(error, { code: 'EENVELOPE', responseCode: 550 })
        await mailbox.send(mail)
      },
    },
    logger: { log: (...entry) => void logged.push(JSON.stringify(entry)) },
    now: clock.now,
  })
})

const device = (through: Pick<Newel, 'fetch'> = newel) =>
  testDevice({ newel: through, url, publishableKey, origin, now: clock.now, mailbox })

async function backEnd(method: string, path: string, body: object): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
  const response = await newel.fetch(
    new Request(`${url}${path}`, { method, headers, body: JSON.stringify(body) }),
  )
  return (await response.json()) as Record<string, unknown>
}
const op = () => base64url.encode(crypto.getRandomValues(new Uint8Array(16)))
const known = { email: { value: 'maya@mail.test', verified_at_ms: 1 } }

it('that fails leaves neither address nor code in the log, and still says why', async () => {
  await backEnd('PUT', '/v1/subjects/maya', known)
  const maya = await device()
  const headers = await maya.headers()
  const { challenge } = (await backEnd('POST', '/v1/assessments', {
    op: op(),
    action: 'read',
    subject: { id: 'maya' },
    session: 's'.repeat(43),
    receipt: headers['Newel-Receipt'],
    proof: headers['Newel-Proof'],
    aud: origin,
    request: {},
    require: { acr: 'newel:contact' },
  })) as { challenge: { id: string } }
  away = true
  await expect(maya.challenge(challenge.id).start('email')).rejects.toThrow(TestProblem)
  await backEnd('PUT', '/v1/subjects/maya', { email: { value: 'other@mail.test', verified_at_ms: 1 } })
  await newel.tick()
  expect(logged).toHaveLength(2)
  for (const entry of logged) {
    expect(entry).toContain('EENVELOPE 550')
    expect(entry).not.toMatch(/mail\.test|\d{4} \d{4}/)
  }
})

it('that fails is told so to a repeat as well, and may be tried again under the same op without a second count', async () => {
  await backEnd('PUT', '/v1/subjects/maya', known)
  // A client that repeats the very call, under its op, until it gets an answer.
  let repeated: string | undefined = op()
  const maya = await device({
    async fetch(request: Request, connection?: Connection): Promise<Response> {
      if (repeated === undefined || !request.url.endsWith('/start')) return newel.fetch(request, connection)
      const body = JSON.stringify({ ...((await request.json()) as object), op: repeated })
      const { method, headers } = request
      return newel.fetch(new Request(request.url, { method, headers, body }), connection)
    },
  })
  const challenged = async () => {
    const headers = await maya.headers()
    const { challenge } = (await backEnd('POST', '/v1/assessments', {
      op: op(),
      action: 'read',
      subject: { id: 'maya' },
      session: 's'.repeat(43),
      receipt: headers['Newel-Receipt'],
      proof: headers['Newel-Proof'],
      aud: origin,
      request: {},
      require: { acr: 'newel:contact', max_age_s: 0 },
    })) as { challenge: { id: string } }
    return maya.challenge(challenge.id)
  }
  // Three codes may be sent in ten minutes: five that were not take nothing from them.
  away = true
  const challenge = await challenged()
  for (let failed = 0; failed < 5; failed++) {
    for (const again of [false, true]) {
      const outcome = challenge.start('email').catch((error: unknown) => error)
      expect(await outcome, String(again)).toMatchObject({
        problem: { code: 'newel_unavailable', detail: 'the code could not be sent' },
      })
    }
    clock.advance(5000)
  }
  away = false
  for (let code = 0; code < 3; code++) {
    await challenge.start('email')
    // Now it has its answer, which it goes on to get.
    if (repeated !== undefined) await challenge.start('email')
    repeated = undefined
    clock.advance(30_000)
  }
  expect(mailbox.mails).toHaveLength(3)
  await expect((await challenged()).start('email')).rejects.toMatchObject({
    problem: { code: 'too_many_requests' },
  })
  // The code of the last one serves.
  await challenge.verify('email', { code: mailbox.latestCode() })
})

it('about a new method says nothing that whoever added it wrote', async () => {
  // A page of the attacker's own, which names the method as it likes.
  let label = 'a\nb'
  const labelling = {
    async fetch(request: Request, connection?: Connection): Promise<Response> {
      if (!request.url.endsWith('/verify')) return newel.fetch(request, connection)
      const body = JSON.stringify({ ...((await request.json()) as object), label })
      const { method, headers } = request
      return newel.fetch(new Request(request.url, { method, headers, body }), connection)
    },
  }
  const eve = await device(labelling)
  const said = async () => {
    const headers = await eve.headers()
    return {
      op: op(),
      session: 's'.repeat(43),
      receipt: headers['Newel-Receipt'],
      proof: headers['Newel-Proof'],
      aud: origin,
      request: {},
    }
  }
  await backEnd('POST', '/v1/events', { ...(await said()), type: 'subject.created', subject: { id: 'maya' } })
  const { enrollment } = (await backEnd('POST', '/v1/subjects/maya/enrollments', {
    ...(await said()),
    method: 'totp',
  })) as { enrollment: { id: string } }
  await backEnd('PUT', '/v1/subjects/maya', known)
  await expect(eve.enroll(enrollment.id)).rejects.toThrow(TestProblem)
  label = 'Your account moved: sign in at eve.test'
  await eve.enroll(enrollment.id)
  await newel.tick()
  const [notice] = mailbox.mails
  expect(notice?.subject).toBe('A sign-in method was added at Bank')
  expect(notice?.text).toContain('An authenticator app can now be used')
  expect(notice?.text).not.toContain('eve.test')
})
