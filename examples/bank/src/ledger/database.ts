import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Opens the bank's own file; `:memory:` keeps nothing. Amounts are cents, times milliseconds. */
export function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
  const db = new DatabaseSync(path)
  db.exec(`
    pragma journal_mode = wal;
    pragma synchronous = normal;
    create table if not exists account (
      id text primary key,
      name text not null unique,
      holder text not null,
      email text not null,
      address text not null,
      iban text not null,
      password text not null,
      since_ms integer not null,
      balance integer not null check (balance >= 0)
    ) strict;
    create table if not exists booking (
      id integer primary key,
      account text not null references account (id),
      at_ms integer not null,
      party text not null,
      amount integer not null
    ) strict;
    create index if not exists booking_by_account on booking (account, at_ms);
    create table if not exists session (
      digest text primary key,
      account text not null references account (id),
      started_ms integer not null,
      seen_ms integer not null
    ) strict;
  `)
  return db
}

/** Runs statements as one change, or none of them. */
export function atomically<T>(db: DatabaseSync, change: () => T): T {
  db.exec('begin immediate')
  try {
    const result = change()
    db.exec('commit')
    return result
  } catch (error) {
    db.exec('rollback')
    throw error
  }
}
