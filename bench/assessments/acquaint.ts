import { foldProfile, type Features, type OutcomeEvent, type Store } from '@newel/engine'
import { formatId } from '@newel/protocol'
import type { Newel } from '@newel/server'
import { opAt } from './device.ts'
import {
  assessmentBody,
  browserHeaders,
  proofOf,
  requestFacts,
  visit,
  type Person,
  type Send,
  type Visit,
} from './person.ts'
import { newelUrl, origin, secretKey, tenant } from './setting.ts'

const dayMs = 86_400_000
const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16))

export const backEndHeaders = {
  'content-type': 'application/json',
  authorization: `Bearer ${secretKey}`,
}

/** Calls a Newel in this process and expects success. */
const sendTo =
  (newel: Newel, headers: Record<string, string>): Send =>
  async (path, body, address) => {
    const request = new Request(newelUrl + path, { method: 'POST', headers, body: JSON.stringify(body) })
    const response = await newel.fetch(request, { address })
    const answer: unknown = await response.json()
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${JSON.stringify(answer)}`)
    return answer
  }

/** The account is created where the back end sees the device. */
async function createAccount(newel: Newel, { person, receipt }: Visit, proof: string): Promise<void> {
  await sendTo(newel, backEndHeaders)(
    '/v1/events',
    {
      op: opAt(Date.now()),
      type: 'subject.created',
      subject: {
        id: person.id,
        email: { value: `${person.id}@mail.example`, verified_at_ms: Date.now() },
        since_ms: Date.now() - 400 * dayMs,
      },
      session: person.firstSession,
      receipt,
      proof,
      aud: origin,
      request: requestFacts(person),
    },
    person.address,
  )
}

/** A year of use in short: twelve sessions that passed a TOTP, two days apart, alike in all but their hour. */
const history = (features: Features, nowMs: number): readonly OutcomeEvent[] =>
  Array.from({ length: 12 }, (_, index): OutcomeEvent => {
    const atMs = nowMs - (12 - index) * 2 * dayMs + (index % 3) * 3_600_000
    return {
      id: formatId('event', atMs, 0, random()),
      atMs,
      kind: 'passed',
      method: 'totp',
      acr: 'newel:otp',
      features: { ...features, atMs },
    }
  })

/**
 * Makes somebody known: the account exists, the profile is warm, the device key is on record by TOTP. What the server sees
 * of the device comes from the server itself; only the past is written past it.
 */
export async function acquaint(newel: Newel, store: Store, person: Person): Promise<void> {
  const first = await visit(person, sendTo(newel, browserHeaders))
  await createAccount(newel, first, await proofOf(first))

  const nowMs = Date.now()
  const fold = await store.loadFold(tenant.id, person.id)
  const vouched = fold?.events.map((row) => JSON.parse(row.body) as OutcomeEvent) ?? []
  const features = vouched.find((event) => event.features !== undefined)?.features
  if (fold === undefined || features === undefined) throw new Error(`nothing is due for ${person.id}`)
  const grant = {
    id: formatId('grant', nowMs, fold.subject.bucket, random()),
    jkt: person.device.jkt,
    method: 'totp',
    acr: 'newel:otp',
    atMs: nowMs,
  } as const
  const granted = await store.recordEvent({
    tenant: tenant.id,
    op: {
      route: 'bench',
      op: opAt(Date.now()),
      digest: '',
      status: 200,
      response: '{}',
      expiresAtMs: nowMs + dayMs,
    },
    event: {
      tenant: tenant.id,
      id: formatId('event', nowMs, fold.subject.bucket, random()),
      subject: person.id,
      type: 'bench',
      body: '{}',
      atMs: nowMs,
      folds: false,
      dedupe: undefined,
    },
    grant,
    nowMs,
  })
  const learned = await store.learn({
    tenant: tenant.id,
    subject: person.id,
    fromVersion: fold.subject.profileVersion,
    profile: foldProfile(undefined, [...history(features, nowMs), ...vouched], { nowMs }),
    events: fold.events.map(({ id }) => id),
    nowMs,
  })
  if (granted.lost || learned.lost) throw new Error(`${person.id} could not be made known`)
}

/** One usual request in this process, so that each table has a row to take as the pattern of what is stored. */
export async function usualRequest(newel: Newel, person: Person): Promise<void> {
  const from = await visit(person, sendTo(newel, browserHeaders))
  const body = JSON.parse(await assessmentBody(from)) as object
  const answer = (await sendTo(newel, backEndHeaders)('/v1/assessments', body, person.address)) as {
    decision: string
  }
  if (answer.decision !== 'allow')
    throw new Error(`the usual request has to be allowed: ${JSON.stringify(answer)}`)
}
