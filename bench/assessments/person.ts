import { headers, type HelloResponse, type SignalsResponse } from '@newel/protocol'
import { createDevice, opAt, randomToken, sha256, type Device } from './device.ts'
import { action, origin, publishableKey } from './setting.ts'

/** Somebody who uses the application, on one device. */
export interface Person {
  readonly id: string
  /** Hash of the session in which the account was created, a while ago. */
  readonly firstSession: string
  /** Hash of the session of now. */
  readonly session: string
  /** Where the browser connects from. */
  readonly address: string
  readonly device: Device
}

/** What a page holds after it has sent an envelope. */
export interface Visit {
  readonly person: Person
  readonly receipt: string
  readonly ath: string
}

/** Sends a call of the browser's side, from an address. */
export type Send = (path: string, body: object, address: string) => Promise<unknown>

const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'

/** Headers of a browser's call to Newel. */
export const browserHeaders = {
  'content-type': 'application/json',
  'user-agent': userAgent,
  origin,
  [headers.key]: publishableKey,
}

const components = ['architecture', 'audio', 'canvas', 'fonts', 'hardwareConcurrency', 'math', 'vendor']

const observations = async (jkt: string): Promise<object> => ({
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
  'fingerprint@1': {
    value: {
      library: '5.2.0',
      components: Object.fromEntries(
        await Promise.all(
          components.map(async (name) => [name, (await sha256(`${jkt} ${name}`)).slice(0, 12)] as const),
        ),
      ),
    },
  },
})

export async function createPerson(index: number): Promise<Person> {
  return {
    id: `person-${index}`,
    firstSession: await sha256(`first session of ${index}`),
    session: await sha256(`session of ${index}`),
    address: `198.51.${100 + (index >> 7)}.${1 + ((index & 127) << 1)}`,
    device: await createDevice(),
  }
}

const seconds = (): number => Math.floor(Date.now() / 1000)

/** A page is opened: an envelope of signals goes to Newel, a receipt comes back. */
export async function visit(person: Person, send: Send): Promise<Visit> {
  const { device, address } = person
  const hello = (await send('/v1/hello', { jkt: device.jkt }, address)) as HelloResponse
  const claims = {
    v: 1,
    nonce: hello.nonce,
    iat: seconds(),
    jti: randomToken(),
    visit: randomToken(),
    sdk: 'newel-bench/0.1.0',
    page: '/transfer',
    observations: await observations(device.jkt),
  }
  const envelope = await device.sign('envelope', claims)
  const { receipt } = (await send('/v1/signals', { envelope }, address)) as SignalsResponse
  return { person, receipt, ath: await sha256(receipt) }
}

/** A proof by the device key over the receipt, for one request. */
export const proofOf = ({ person, ath }: Visit): Promise<string> =>
  person.device.sign('proof', { aud: origin, iat: seconds(), jti: randomToken(), ath })

/** What the guard sends of a request. */
export const requestFacts = ({ address }: Person) => ({
  ip: address,
  user_agent: userAgent,
  headers: { 'accept-language': 'de-DE,de;q=0.9', 'sec-ch-ua-platform': '"Linux"' },
})

/** Body of `POST /v1/assessments` as the guard writes it, with a fresh proof. */
export async function assessmentBody(from: Visit): Promise<string> {
  const { person, receipt } = from
  return JSON.stringify({
    op: opAt(Date.now()),
    action,
    params: { to: 'Kofi Mensah', amount: '120.00' },
    subject: { id: person.id },
    session: person.session,
    receipt,
    proof: await proofOf(from),
    aud: origin,
    request: requestFacts(person),
  })
}
