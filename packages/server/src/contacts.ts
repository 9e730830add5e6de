import {
  isActive,
  isDisabled,
  type AuthenticatorRow,
  type BindWrite,
  type OutboxRow,
  type RemovalWrite,
  type Store,
  type SubjectWrite,
} from '@newel/engine'
import type { SubjectUpdate } from '@newel/protocol'
import { newId } from './ids.ts'
import { sealContact } from './methods/email.ts'
import { noticeToAll } from './notices.ts'
import type { Call } from './services.ts'
import type { Tenant } from './tenants.ts'

/** What a contact that the back end names changes. */
export interface ContactChange {
  readonly adds: readonly AuthenticatorRow[]
  readonly binds: readonly BindWrite[]
  readonly removes: readonly RemovalWrite[]
  readonly outbox: readonly OutboxRow[]
}

const nothing: ContactChange = { adds: [], binds: [], removes: [], outbox: [] }

const contactRow = (
  tenant: Tenant,
  subject: string,
  bucket: number,
  nowMs: number,
  own: Pick<AuthenticatorRow, 'lookup' | 'destination' | 'data' | 'acr' | 'holdUntilMs' | 'confirmedAtMs'>,
): AuthenticatorRow => ({
  tenant: tenant.id,
  id: newId('authenticator', nowMs, bucket),
  subject,
  method: 'email',
  enrolledUnder: 'newel:base',
  label: 'Mail',
  counter: 0,
  createdAtMs: nowMs,
  lastUsedAtMs: undefined,
  removedAtMs: undefined,
  attempts: 0,
  consecutiveFailures: 0,
  lastAttemptAtMs: undefined,
  recentFailuresMs: [],
  ...own,
})

const markOf = (lookup: string): string => `removed:${lookup}:`

/** Whether a row says only that the person removed an address. It has no address, is never confirmed and never removed by hand. */
export const isMark = (row: AuthenticatorRow): boolean => row.lookup.startsWith('removed:')

/** Whether the subject has no contact that serves or will, and removed none: one that comes now takes nobody's place. */
export const isFirstContact = (authenticators: readonly AuthenticatorRow[], nowMs: number): boolean =>
  !authenticators.some(
    (row) => row.method === 'email' && (isMark(row) ? row.removedAtMs === undefined : isActive(row, nowMs)),
  )

/**
 * What stays of a contact that the person removed: the application goes on naming it, and must not bring it back by that.
 * A keyed digest of the address and the time.
 */
export const removalMark = (tenant: Tenant, removed: AuthenticatorRow, bucket: number, nowMs: number) =>
  contactRow(tenant, removed.subject, bucket, nowMs, {
    // Several may stand: the same address may have come back and gone again.
    lookup: `${markOf(removed.lookup)}${nowMs}`,
    destination: undefined,
    data: '{}',
    acr: 'newel:base',
    holdUntilMs: nowMs,
    confirmedAtMs: undefined,
  })

/**
 * What changes where the back end names a contact (design, section 4: whoever took over the application's account cannot take
 * over the codes as well).
 *
 * - A first one serves at once. One after another, be that there, ended or removed by the person, serves after the hold; until
 *   then the old one does, and is told. Named again meanwhile, the old one stays, with all that were to end beside it, and the
 *   new one goes; another new one takes the place of the first, with a hold of its own.
 * - One without `verified_at_ms` ends nothing: it waits beside the old one until it is confirmed, and the hold begins then.
 * - One that the person removed comes back only verified after that, whatever was named meanwhile.
 * - One that wrong answers have disabled is bound again where it was verified after the last of them, and all are told.
 */
export async function contactChange(
  { nowMs, services }: Call<unknown>,
  tenant: Tenant,
  subject: string,
  bucket: number,
  said: SubjectUpdate,
  authenticators: readonly AuthenticatorRow[],
): Promise<ContactChange> {
  const contact = said.email
  if (contact === undefined) return nothing
  const verifiedAtMs = contact.verified_at_ms
  const sealed = await sealContact(tenant, subject, contact.value)
  const mails = authenticators.filter(
    (row) => row.method === 'email' && (row.removedAtMs === undefined || row.removedAtMs > nowMs),
  )
  const marks = mails.filter(isMark)
  const standing = mails.filter((row) => !isMark(row))
  const same = standing.find((row) => row.lookup === sealed.lookup)
  const others = standing.filter((row) => row !== same)
  const active = others.filter((row) => isActive(row, nowMs))
  const later = nowMs + tenant.config.holdHours * 3_600_000
  const holdUntilMs = isFirstContact([...others, ...marks], nowMs) ? nowMs : later
  /** Those that serve do so until then and are told; those that do not end at once. */
  const replacing = (
    rows: readonly AuthenticatorRow[],
    untilMs: number,
  ): Pick<ContactChange, 'removes' | 'outbox'> => {
    const serving = rows.filter((row) => isActive(row, nowMs) && row.holdUntilMs <= nowMs)
    return {
      removes: rows.map(({ id, removedAtMs }) => ({
        id,
        fromMs: removedAtMs,
        atMs: serving.some((row) => row.id === id) ? untilMs : nowMs,
      })),
      outbox: serving.map((old) => replacedNotice(tenant, old, bucket, untilMs, nowMs)),
    }
  }

  const confirmedMs = same?.confirmedAtMs
  if (same !== undefined && confirmedMs !== undefined) {
    if (same.removedAtMs !== undefined) return { ...nothing, removes: stays(same, standing, nowMs) }
    // One that was confirmed by a code while the old one served: now that the back end names it, the old one ends.
    const older = active.filter(
      ({ removedAtMs, confirmedAtMs = 0 }) => removedAtMs === undefined && confirmedAtMs < confirmedMs,
    )
    if (older.length > 0) return { ...nothing, ...replacing(older, later) }
    const boundMs = Math.max(confirmedMs, same.lastAttemptAtMs ?? 0)
    const disabled = isDisabled(same, services.limits.consecutiveFailures)
    if (!disabled || verifiedAtMs === undefined || verifiedAtMs <= boundMs) return nothing
    return {
      ...nothing,
      binds: [{ id: same.id, fromMs: confirmedMs, atMs: nowMs, holdUntilMs: same.holdUntilMs }],
      outbox: noticeToAll(tenant, subject, bucket, authenticators, 'contact_bound_again', 'email', nowMs),
    }
  }

  const ofSame = marks.filter(({ lookup }) => lookup.startsWith(markOf(sealed.lookup)))
  const removedMs = Math.max(-1, ...ofSame.map(({ createdAtMs }) => createdAtMs))
  if (verifiedAtMs === undefined) {
    // It takes nobody's place; two rows of one mailbox would.
    if (same !== undefined || standing.some(({ destination }) => destination === sealed.destination))
      return nothing
    const waiting = others.filter(({ confirmedAtMs }) => confirmedAtMs === undefined)
    const row = { ...sealed, acr: 'newel:contact', holdUntilMs: nowMs, confirmedAtMs: undefined } as const
    return {
      ...nothing,
      adds: [contactRow(tenant, subject, bucket, nowMs, row)],
      removes: waiting.map(({ id }) => ({ id, atMs: nowMs })),
    }
  }
  if (verifiedAtMs <= removedMs) return nothing
  // Marks of other addresses stay: naming this one says nothing of them.
  const replaced = replacing([...others, ...ofSame], holdUntilMs)
  if (same !== undefined) {
    return { ...nothing, ...replaced, binds: [{ id: same.id, atMs: nowMs, holdUntilMs }] }
  }
  const row = { ...sealed, acr: 'newel:contact', holdUntilMs, confirmedAtMs: nowMs } as const
  return { ...nothing, ...replaced, adds: [contactRow(tenant, subject, bucket, nowMs, row)] }
}

const replacedNotice = (
  tenant: Tenant,
  old: AuthenticatorRow,
  bucket: number,
  untilMs: number,
  nowMs: number,
): OutboxRow => ({
  tenant: tenant.id,
  id: newId('message', nowMs, bucket),
  kind: 'notice',
  subject: old.subject,
  // The row travels with the message: by the time it leaves, the old contact may have ended.
  body: JSON.stringify({
    what: 'contact_replaced',
    to: [{ data: old.data, subject: old.subject }],
    hold_until_ms: untilMs,
  }),
  dueAtMs: nowMs,
})

/**
 * Calls the replacement of a contact off, for all whose end it set: the one that is named now, and others that the person
 * confirmed. What was to replace them ends first. One mailbox has one row without an end, so of two the latest confirmed stays.
 */
function stays(
  contact: AuthenticatorRow,
  standing: readonly AuthenticatorRow[],
  nowMs: number,
): RemovalWrite[] {
  const restored = [contact]
  const latestFirst = [...standing].sort((a, b) => (b.confirmedAtMs ?? 0) - (a.confirmedAtMs ?? 0))
  for (const row of latestFirst) {
    const together = row.confirmedAtMs !== undefined && row.removedAtMs === contact.removedAtMs
    if (together && !restored.some(({ destination }) => destination === row.destination)) restored.push(row)
  }
  return [
    ...standing.filter(({ removedAtMs }) => removedAtMs === undefined).map(({ id }) => ({ id, atMs: nowMs })),
    ...restored.map(({ id, removedAtMs }) => ({ id, fromMs: removedAtMs, atMs: undefined })),
  ]
}

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
    binds: change.binds,
    removes: change.removes,
    outbox: change.outbox,
    nowMs,
  })
  return !result.lost
}
