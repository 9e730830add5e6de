import {
  extractFeatures,
  foldProfile,
  type EventRow,
  type Features,
  type OutcomeEvent,
  type Store,
} from '@newel/engine'
import { deriveHmac, fromBase64url, importMaster, randomToken, sha256 } from './crypto.ts'
import { makeFacts } from './facts.ts'
import { bucketOf, newId } from './ids.ts'
import { normaliseAddress } from './network.ts'
import type { NetworkLookup } from './options.ts'

/** A sign-in of an owner before there was Newel, as somebody else's log has it. */
export interface PastLogin {
  readonly atMs: number
  readonly ip: string
  readonly userAgent: string
  readonly asn?: number | undefined
  /** ISO 3166-1 alpha-2. */
  readonly country?: string | undefined
}

/** Sign-ins of one subject that are kept: the latest, and of a day so many. */
export const importedLogins = 32
export const importedLoginsPerDay = 4

export interface LoginImport {
  /**
   * Teaches one subject's profile. The same sign-in again is left out, whenever it comes.
   *
   * @returns how many were new
   * @throws Error where other servers wrote the profile at every try
   */
  add(subject: string, logins: readonly PastLogin[]): Promise<number>
}

const rounds = 3
const dayMs = 24 * 3_600_000

/**
 * Brings sign-ins of the past into a tenant's store. They are a log's word and nobody's proof: they teach what networks and
 * clients a subject uses, a quarter of a session each, put no key on record, and leave the subject as unknown as before.
 *
 * @param options.masterKey the one that the tenant's keys open with
 */
export async function openLoginImport(options: {
  readonly store: Store
  readonly masterKey: string
  readonly tenant: string
  readonly network?: NetworkLookup | undefined
  readonly nowMs: number
}): Promise<LoginImport> {
  const { store, tenant, nowMs } = options
  const master = await importMaster(fromBase64url(options.masterKey))
  const digestKey = await deriveHmac(master, `newel/${tenant}/digest`)

  async function featuresOf({ atMs, ip, userAgent, asn, country }: PastLogin): Promise<Features> {
    const facts = await makeFacts({
      nowMs: atMs,
      digestKey,
      lookup: options.network,
      receipt: undefined,
      envelopes: [],
      proven: false,
      flags: { receipt: 'absent', proof: 'absent', sessionKeyChanged: false },
      counters: { subjectFailures: 0, deviceFailures: 0, prefixFailures: 0 },
      request: {
        ip: normaliseAddress(ip),
        user_agent: userAgent,
        network: { ...(asn !== undefined && { asn }), ...(country !== undefined && { country }) },
      },
    })
    return extractFeatures(facts)
  }

  async function append(subject: string, bucket: number, login: PastLogin): Promise<string | undefined> {
    const digest = sha256([subject, login.atMs, login.ip, login.userAgent].join('\n'))
    const id = newId('event', nowMs, bucket)
    const outcome: OutcomeEvent = {
      id,
      atMs: login.atMs,
      kind: 'imported',
      features: await featuresOf(login),
    }
    const event: EventRow = {
      tenant,
      id,
      subject,
      type: 'outcome',
      body: JSON.stringify(outcome),
      atMs: login.atMs,
      folds: true,
      // Beyond the day that an op is kept, this tells the same row again.
      dedupe: `imported:${digest}`,
    }
    const { lost } = await store.recordEvent({
      tenant,
      op: { route: 'import', op: digest, digest, status: 200, response: '{}', expiresAtMs: nowMs + dayMs },
      event,
      subject: { subject, bucket, userHandle: randomToken(64) },
      nowMs,
    })
    return lost ? undefined : id
  }

  /** Folds what is due at once, so that no server finds a backlog. */
  async function fold(subject: string, added: ReadonlySet<string>): Promise<number> {
    const found = new Set<string>()
    for (let round = 0; round < rounds;) {
      const due = await store.loadFold(tenant, subject)
      if (due === undefined || due.events.length === 0) return found.size
      const written = await store.learn({
        tenant,
        subject,
        fromVersion: due.subject.profileVersion,
        profile: foldProfile(
          due.subject.profile,
          due.events.map(({ body }) => JSON.parse(body) as OutcomeEvent),
          { nowMs },
        ),
        events: due.events.map(({ id }) => id),
        nowMs,
      })
      if (written.lost) round += 1
      else for (const { id } of due.events) if (added.has(id)) found.add(id)
    }
    throw new Error('other servers write this profile all the time: try again')
  }

  return {
    async add(subject, logins) {
      const bucket = await bucketOf({ stable: { digest: digestKey } }, subject)
      const days = new Map<number, number>()
      const latest = [...logins].sort((a, b) => b.atMs - a.atMs)
      const kept = latest.filter(({ atMs }) => {
        const day = Math.floor(atMs / dayMs)
        const count = (days.get(day) ?? 0) + 1
        days.set(day, count)
        return count <= importedLoginsPerDay
      })
      const added = new Set<string>()
      for (const login of kept.slice(0, importedLogins).reverse()) {
        const id = await append(subject, bucket, login)
        if (id !== undefined) added.add(id)
      }
      // Also where nothing was new: an import that was broken off may have left its rows unfolded.
      return fold(subject, added)
    },
  }
}
