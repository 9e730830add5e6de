import {
  isActive,
  type AuthenticatorRow,
  type OutboxRow,
  type RemovalWrite,
  type Store,
  type SubjectWrite,
} from '@newel/engine'
import type { SubjectUpdate } from '@newel/protocol'
import { newId } from './ids.ts'
import { sealContact } from './methods/email.ts'
import type { Tenant } from './tenants.ts'

/** What a contact that the back end names changes. */
export interface ContactChange {
  readonly adds: readonly AuthenticatorRow[]
  readonly confirms: readonly { readonly id: string; readonly atMs: number }[]
  readonly removes: readonly RemovalWrite[]
  readonly outbox: readonly OutboxRow[]
}

const nothing: ContactChange = { adds: [], confirms: [], removes: [], outbox: [] }

/**
 * A first contact serves at once. One that replaces another serves after the hold; until then the old one does, and is told
 * (design, section 4): whoever took over the application's account cannot take over the codes as well. Named again
 * meanwhile, the old one stays and the new one goes; another new one takes the place of the first, with a hold of its own.
 */
export async function contactChange(
  tenant: Tenant,
  subject: string,
  bucket: number,
  said: SubjectUpdate,
  authenticators: readonly AuthenticatorRow[],
  nowMs: number,
): Promise<ContactChange> {
  const contact = said.email
  if (contact === undefined) return nothing
  const sealed = await sealContact(tenant, subject, contact.value)
  const standing = authenticators.filter(
    (row) => row.method === 'email' && (row.removedAtMs ?? Infinity) > nowMs,
  )
  const same = standing.find((row) => row.lookup === sealed.lookup)
  if (same !== undefined) {
    const confirms = same.confirmedAtMs === undefined && contact.verified_at_ms !== undefined
    return {
      ...nothing,
      confirms: confirms ? [{ id: same.id, atMs: nowMs }] : [],
      removes: same.removedAtMs === undefined ? [] : stays(same, standing, nowMs),
    }
  }
  const active = standing.filter((row) => isActive(row, nowMs))
  const serving = active.filter((row) => row.holdUntilMs <= nowMs)
  const holdUntilMs = active.length === 0 ? nowMs : nowMs + tenant.config.holdHours * 3_600_000
  const row: AuthenticatorRow = {
    tenant: tenant.id,
    id: newId('authenticator', nowMs, bucket),
    subject,
    method: 'email',
    acr: 'newel:contact',
    enrolledUnder: 'newel:base',
    holdUntilMs,
    label: 'Mail',
    ...sealed,
    counter: 0,
    confirmedAtMs: contact.verified_at_ms === undefined ? undefined : nowMs,
    createdAtMs: nowMs,
    lastUsedAtMs: undefined,
    removedAtMs: undefined,
    attempts: 0,
    consecutiveFailures: 0,
    recentFailuresMs: [],
  }
  return {
    adds: [row],
    confirms: [],
    removes: standing.map((old) => ({
      id: old.id,
      fromMs: old.removedAtMs,
      atMs: serving.includes(old) ? holdUntilMs : nowMs,
    })),
    outbox: serving.map((old) => ({
      tenant: tenant.id,
      id: newId('message', nowMs, bucket),
      kind: 'notice',
      subject,
      // The row travels with the message: by the time it leaves, the old contact may have ended.
      body: JSON.stringify({
        what: 'contact_replaced',
        to: [{ data: old.data, subject }],
        hold_until_ms: holdUntilMs,
      }),
      dueAtMs: nowMs,
    })),
  }
}

/** Calls the replacement of a contact off. What was to replace it ends first: the two may be one mailbox. */
const stays = (
  contact: AuthenticatorRow,
  standing: readonly AuthenticatorRow[],
  nowMs: number,
): RemovalWrite[] => [
  ...standing.filter(({ removedAtMs }) => removedAtMs === undefined).map(({ id }) => ({ id, atMs: nowMs })),
  { id: contact.id, fromMs: contact.removedAtMs, atMs: undefined },
]

/** Writes a contact change that is more than a first contact. `false` when another call came between: load again. */
export async function putContactChange(
  store: Store,
  tenant: Tenant,
  write: SubjectWrite,
  change: ContactChange,
  nowMs: number,
): Promise<boolean> {
  const result = await store.putSubject({
    tenant: tenant.id,
    subject: write,
    authenticators: change.adds,
    confirms: change.confirms,
    removes: change.removes,
    outbox: change.outbox,
    nowMs,
  })
  return !result.lost
}
