import { headers as names, type MethodName, type SignalsResponse } from '@newel/protocol'
import type { Connection } from '@newel/server'
import { softwareAuthenticator, type SoftwareAuthenticator } from './authenticator.ts'
import { openChallenge, openEnrollment, type TestChallenge, type TestEnrollment } from './ceremony.ts'
import { createDeviceKey, randomToken, sha256 } from './device-key.ts'
import type { Mailbox } from './mailbox.ts'
import { refuseProduction } from './production.ts'
import { totpCode } from './totp.ts'
import { createTransport } from './transport.ts'

export interface TestDeviceOptions {
  readonly newel: { fetch(request: Request, connection?: Connection): Promise<Response> }
  /** Public base of Newel. */
  readonly url: string
  readonly publishableKey: string
  /** Origin of the page. */
  readonly origin: string
  readonly now: () => number
  /** Where codes by mail arrive. */
  readonly mailbox?: Mailbox
  /** Default: one of its own. Give one to two devices for a passkey that is synced between them. */
  readonly authenticator?: SoftwareAuthenticator
  /** Address that it connects to Newel from. Default 192.0.2.10. */
  readonly address?: string
  /** Default: Chrome on Linux. */
  readonly userAgent?: string
  /** By wire name, in place of the default for that signal; `undefined` leaves one out. */
  readonly observations?: Readonly<Record<string, unknown>>
}

/** A browser with the SDK, as far as Newel and the application can tell. */
export interface TestDevice {
  /** Thumbprint of the device key. */
  readonly jkt: string
  readonly authenticator: SoftwareAuthenticator
  /** Sends an envelope of signals; the receipt serves from then on. */
  observe(): Promise<string>
  /**
   * Headers for a request to the application: a receipt that is still good and a fresh proof. The proof serves one
   * request; ask again for the next.
   * @param token a step-up token, on the repeat of a request
   */
  headers(token?: string): Promise<Record<string, string>>
  /**
   * Passes the challenge that the application answered with, and gives the headers for the repeat of the same request.
   * @param refusal the answer `401 insufficient_user_authentication`; its body is read
   * @param method default: the first offered that this device can answer
   */
  steppedUp(refusal: Response, method?: MethodName): Promise<Record<string, string>>
  /** Passes a challenge by its id; gives the step-up token. */
  pass(challenge: string, method?: MethodName): Promise<string>
  /** Goes through an enrolment by its id, and can answer with what it enrolled from then on. */
  enroll(enrollment: string): Promise<void>
  /** A challenge, call by call: for wrong answers and for giving up. */
  challenge(id: string): TestChallenge
  /** An enrolment, call by call. */
  enrollment(id: string): TestEnrollment
  /** As the SDK does at sign-out: another visit, and a new receipt for the next request. The key stays. */
  reset(): void
}

const chrome =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'

/** A desktop in Berlin that has nothing to hide. */
const plainObservations = {
  'device-key@1': { value: { ephemeral: false } },
  'client@1': {
    value: { platform: 'Linux', mobile: false, brands: ['Chromium 156'], touch_points: 0, webdriver: false },
  },
  'language@1': { value: { languages: ['de-DE', 'de', 'en'] } },
  'timezone@1': { value: { zone: 'Europe/Berlin', offset_minutes: 60 } },
  'screen@1': { value: { width: 1920, height: 1080, color_depth: 24, pixel_ratio_percent: 100 } },
  'page-timing@1': {
    value: { first_byte_ms: 80, interactive_ms: 240, age_ms: 4000, navigation: 'navigate' },
  },
}

/** Components alike on every visit of one device, and different on another: derived from its key. */
async function fingerprintOf(jkt: string): Promise<object> {
  const components = ['audio', 'canvas', 'fonts', 'hardwareConcurrency', 'math', 'vendor']
  const entries = await Promise.all(
    components.map(async (name) => [name, (await sha256(`${jkt} ${name}`)).slice(0, 12)] as const),
  )
  return { value: { library: '5.2.0', components: Object.fromEntries(entries) } }
}

/** Makes a device with a key of its own. */
export async function testDevice(options: TestDeviceOptions): Promise<TestDevice> {
  refuseProduction()
  const { newel, now, origin, mailbox, authenticator = softwareAuthenticator() } = options
  const key = await createDeviceKey()
  const requestHeaders = { 'user-agent': options.userAgent ?? chrome, 'accept-language': 'de-DE,de;q=0.9' }
  const transport = createTransport({
    fetch: (request, connection) => newel.fetch(request, connection),
    url: options.url,
    publishableKey: options.publishableKey,
    origin,
    address: options.address ?? '192.0.2.10',
    requestHeaders,
    now,
    key,
  })
  const observations = {
    ...plainObservations,
    'fingerprint@1': await fingerprintOf(key.jkt),
    ...options.observations,
  }
  let visit = randomToken()
  let standing: { receipt: string; expiresAtMs: number } | undefined
  let seed: string | undefined
  const seconds = (): number => Math.floor(now() / 1000)

  async function observe(): Promise<string> {
    const nonce = await transport.nonce()
    const claims = {
      v: 1,
      nonce,
      iat: seconds(),
      jti: randomToken(),
      visit,
      sdk: 'newel-testkit/0.1.0',
      page: '/',
      observations,
    }
    const body = { envelope: await key.sign('envelope', claims) }
    const { receipt, expires_at_ms: expiresAtMs } = (await transport.plain(
      '/v1/signals',
      body,
    )) as SignalsResponse
    standing = { receipt, expiresAtMs }
    return receipt
  }

  async function headers(token?: string): Promise<Record<string, string>> {
    // Half a minute to spare, as for a request that is on its way.
    const good = standing !== undefined && standing.expiresAtMs - 30_000 > now()
    const receipt = good && standing !== undefined ? standing.receipt : await observe()
    const proof = { aud: origin, iat: seconds(), jti: randomToken(), ath: await sha256(token ?? receipt) }
    return {
      ...requestHeaders,
      origin,
      [names.receipt]: receipt,
      [names.proof]: await key.sign('proof', proof),
      ...(token !== undefined && { [names.token]: token }),
    }
  }

  async function answer(challenge: TestChallenge, method: MethodName): Promise<object> {
    const started = await challenge.start(method)
    switch (started.method) {
      case 'passkey':
        return authenticator.get(started.options, origin)
      case 'totp':
        if (seed === undefined) throw new Error('this device has enrolled no TOTP')
        return { code: await totpCode(seed, now()) }
      case 'email':
        if (mailbox === undefined) throw new Error('this device has no mailbox')
        return { code: mailbox.latestCode() }
    }
  }

  async function pass(id: string, method?: MethodName): Promise<string> {
    const challenge = openChallenge(transport, id)
    const able = (offered: MethodName): boolean =>
      ({ passkey: authenticator.size > 0, totp: seed !== undefined, email: mailbox !== undefined })[offered]
    const chosen = method ?? (await challenge.view()).methods.map((offered) => offered.method).find(able)
    if (chosen === undefined) throw new Error('this device can answer none of the offered methods')
    const { token } = await challenge.verify(chosen, await answer(challenge, chosen))
    return token
  }

  return {
    jkt: key.jkt,
    authenticator,
    observe,
    headers,
    pass,
    async steppedUp(refusal, method) {
      const problem = (await refusal.json()) as { code?: string; challenge?: { id: string } }
      if (problem.challenge === undefined) {
        throw new Error(
          `expected insufficient_user_authentication, got ${refusal.status} ${problem.code ?? ''}`,
        )
      }
      return headers(await pass(problem.challenge.id, method))
    },
    async enroll(id) {
      const enrollment = openEnrollment(transport, id)
      const started = await enrollment.start()
      switch (started.method) {
        case 'passkey':
          await enrollment.verify(await authenticator.create(started.options, origin))
          return
        case 'totp':
          await enrollment.verify({ code: await totpCode(started.secret, now()) })
          seed = started.secret
          return
        case 'email':
          if (mailbox === undefined) throw new Error('this device has no mailbox')
          await enrollment.verify({ code: mailbox.latestCode() })
          return
      }
    },
    challenge: (id) => openChallenge(transport, id),
    enrollment: (id) => openEnrollment(transport, id),
    reset() {
      visit = randomToken()
      standing = undefined
    },
  }
}
