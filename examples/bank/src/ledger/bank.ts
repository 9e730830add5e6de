import type { DatabaseSync } from 'node:sqlite'
import { atomically } from './database.ts'

export interface Account {
  readonly id: string
  /** What the customer signs in with. */
  readonly name: string
  readonly holder: string
  readonly email: string
  readonly address: string
  readonly iban: string
  readonly sinceMs: number
  /** Cents. */
  readonly balance: number
}

export interface Booking {
  readonly atMs: number
  readonly party: string
  /** Cents; negative: money went out. */
  readonly amount: number
}

export interface Bank {
  findByName(name: string): { readonly account: Account; readonly password: string } | undefined
  find(id: string): Account | undefined
  /** Newest first, 30 at most. */
  bookings(id: string): readonly Booking[]
  /** Moves money in one change; false where the balance does not reach. */
  transfer(from: string, to: string, cents: number, nowMs: number): boolean
  changeAddress(id: string, address: string): void
}

type Row = Readonly<Record<string, string | number>>

const readAccount = (row: Row): Account => ({
  id: String(row.id),
  name: String(row.name),
  holder: String(row.holder),
  email: String(row.email),
  address: String(row.address),
  iban: String(row.iban),
  sinceMs: Number(row.since_ms),
  balance: Number(row.balance),
})

export function createBank(db: DatabaseSync): Bank {
  const byName = db.prepare('select * from account where name = ?')
  const byId = db.prepare('select * from account where id = ?')
  const byHolder = db.prepare('select * from account where holder = ? and id <> ?')
  const list = db.prepare('select * from booking where account = ? order by at_ms desc, id desc limit 30')
  const debit = db.prepare('update account set balance = balance - ? where id = ? and balance >= ?')
  const credit = db.prepare('update account set balance = balance + ? where id = ?')
  const book = db.prepare('insert into booking (account, at_ms, party, amount) values (?, ?, ?, ?)')
  const move = db.prepare('update account set address = ? where id = ?')
  const one = (row: unknown): Account | undefined => (row === undefined ? undefined : readAccount(row as Row))
  return {
    findByName: (name) => {
      const row = byName.get(name) as Row | undefined
      return row && { account: readAccount(row), password: String(row.password) }
    },
    find: (id) => one(byId.get(id)),
    bookings: (id) =>
      (list.all(id) as Row[]).map((row) => ({
        atMs: Number(row.at_ms),
        party: String(row.party),
        amount: Number(row.amount),
      })),
    transfer: (from, to, cents, nowMs) =>
      atomically(db, () => {
        const payer = one(byId.get(from))
        if (!payer || debit.run(cents, from, cents).changes !== 1) return false
        book.run(from, nowMs, to, -cents)
        const payee = one(byHolder.get(to, from))
        if (payee) {
          credit.run(cents, payee.id)
          book.run(payee.id, nowMs, payer.holder, cents)
        }
        return true
      }),
    changeAddress: (id, address) => {
      move.run(address, id)
    },
  }
}
