import { createHash, randomBytes } from 'node:crypto'
import { formatId } from '@newel/protocol'
import type { Database, Filling } from './database.ts'
import type { Person } from './person.ts'
import { opAt } from './device.ts'
import { action } from './setting.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000

const subjectOf = (index: number): string => `account-${index}`
const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url')
const jktOf = (subject: number): string => digestOf(`key of ${subject}`)

/** Spreads numbers over a range without order, the same each time. */
const scatter = (index: number, range: number): number => (Math.imul(index + 1, 2_654_435_761) % range) >>> 0

/**
 * What stands in the tables beside the people of the run: a hundred days of twenty assessments an account, four of them the
 * first of a visit, and what retention has left of the rest (answers one day, envelopes seven). Each row has the size of a
 * real one, since a real one is its pattern.
 */
export async function store(database: Database, rows: number, nowMs: number): Promise<void> {
  const accounts = Math.max(1, Math.floor(rows / 20))
  const accountOf = (index: number): number => scatter(index, accounts)
  const timeOf = (index: number, count: number, days: number): number =>
    nowMs - hourMs - Math.floor(((count - index) * days * dayMs) / count)
  const idOf = (kind: Parameters<typeof formatId>[0], atMs: number, account: number): string =>
    formatId(kind, atMs, account % 4096, randomBytes(16))

  const fill = async (table: string, where: string, count: number, row: Filling['row']): Promise<void> =>
    database.fill({ table, pattern: await database.pattern(table, where), count, row })

  await fill('subjects', 'profile is not null', accounts, (index) => ({
    subject: subjectOf(index),
    bucket: index % 4096,
    user_handle: randomBytes(64).toString('base64url'),
  }))
  await fill('authenticators', "method = 'email'", accounts, (index) => ({
    id: idOf('authenticator', timeOf(index, accounts, 100), index),
    subject: subjectOf(index),
    lookup: `email:${digestOf(`lookup ${index}`).slice(0, 12)}`,
    destination: digestOf(`destination ${index}`).slice(0, 12),
  }))
  await fill('grants', "method = 'totp'", accounts, (index) => ({
    id: idOf('grant', timeOf(index, accounts, 100), index),
    subject: subjectOf(index),
    jkt: jktOf(index),
  }))
  await fill('sessions', 'jkt is not null', accounts * 4, (index) => ({
    session: digestOf(`session ${index}`),
    subject: subjectOf(accountOf(index)),
    jkt: jktOf(accountOf(index)),
    started_at_ms: timeOf(index, accounts * 4, 100),
  }))
  const envelopes = Math.floor((accounts * 4 * 7) / 100)
  await fill('envelopes', 'true', envelopes, (index) => ({
    digest: digestOf(`envelope ${index}`),
    jkt: jktOf(accountOf(index)),
    visit: digestOf(`visit ${index}`).slice(0, 22),
    at_ms: timeOf(index, envelopes, 7),
    expires_at_ms: timeOf(index, envelopes, 7) + 7 * dayMs,
  }))
  await fill('events', 'dedupe is not null', accounts * 4, (index) => {
    const account = accountOf(index)
    const atMs = timeOf(index, accounts * 4, 100)
    return {
      id: idOf('event', atMs, account),
      subject: subjectOf(account),
      at_ms: atMs,
      dedupe: `allowed:${subjectOf(account)}:${digestOf(`visit ${index}`).slice(0, 22)}`,
      due: 0,
    }
  })
  await fill('assessments', 'session is not null', rows, (index) => {
    const account = accountOf(index)
    const atMs = timeOf(index, rows, 100)
    return {
      id: idOf('assessment', atMs, account),
      subject: subjectOf(account),
      session: digestOf(`session ${index % (accounts * 4)}`),
      jkt: jktOf(account),
      op: opAt(atMs),
      at_ms: atMs,
    }
  })
  const ops = Math.floor(rows / 100)
  await fill('ops', "route = 'assessments'", ops, (index) => ({
    op: opAt(timeOf(index, ops, 1)),
    digest: digestOf(`body ${index}`),
    expires_at_ms: timeOf(index, ops, 1) + dayMs,
  }))
}

/** The floor's tables with as many accounts and entries. */
export async function storeFloor(database: Database, rows: number, people: readonly Person[]): Promise<void> {
  const accounts = Math.max(1, Math.floor(rows / 20))
  const entry = { id: '', account: '', action, params: '{"to":"Kofi Mensah","amount":"120.00"}', at_ms: 0 }
  const jwk = JSON.stringify(people[0]?.device.jwk)
  await database.createFloor([
    {
      table: 'floor_accounts',
      pattern: { id: '', jwk },
      count: accounts,
      row: (index) => ({ id: subjectOf(index) }),
    },
    {
      table: 'floor_accounts',
      pattern: { id: '', jwk: '' },
      count: people.length,
      row: (index) => ({ id: people[index]?.id ?? '', jwk: JSON.stringify(people[index]?.device.jwk) }),
    },
    {
      table: 'floor_entries',
      pattern: entry,
      count: rows,
      row: (index) => ({
        id: formatId('assessment', Date.now() - rows + index, index % 4096, randomBytes(16)),
        account: subjectOf(scatter(index, accounts)),
        at_ms: Date.now() - rows + index,
      }),
    },
  ])
}
