import { beforeEach, describe, expect, it } from 'vitest'
import type { DatabaseSync } from 'node:sqlite'
import { createBank } from './bank.ts'
import type { Bank } from './bank.ts'
import { openDatabase } from './database.ts'
import { seed } from './seed.ts'
import { createSessions } from './sessions.ts'

const nowMs = Date.UTC(2026, 0, 15)
const minuteMs = 60_000

let db: DatabaseSync
let bank: Bank
beforeEach(async () => {
  db = openDatabase(':memory:')
  await seed(db, nowMs, async () => 'none')
  bank = createBank(db)
})

const idOf = (name: string): string => bank.findByName(name)?.account.id ?? ''

describe('a transfer', () => {
  it('moves money from one customer to the other', () => {
    expect(bank.transfer(idOf('maya'), 'Tom Lindqvist', 10_000, nowMs)).toBe(true)
    expect(bank.find(idOf('maya'))?.balance).toBe(832_315)
    expect(bank.find(idOf('tom'))?.balance).toBe(138_940)
    expect(bank.bookings(idOf('maya'))[0]).toEqual({ atMs: nowMs, party: 'Tom Lindqvist', amount: -10_000 })
    expect(bank.bookings(idOf('tom'))[0]).toEqual({ atMs: nowMs, party: 'Maya Okafor', amount: 10_000 })
  })

  it('leaves the bank where the payee is no customer of it', () => {
    expect(bank.transfer(idOf('maya'), 'Greenway Market', 500, nowMs)).toBe(true)
    expect(bank.find(idOf('maya'))?.balance).toBe(841_815)
  })

  it('changes nothing where the balance does not reach', () => {
    expect(bank.transfer(idOf('tom'), 'Maya Okafor', 128_941, nowMs)).toBe(false)
    expect(bank.find(idOf('tom'))?.balance).toBe(128_940)
    expect(bank.find(idOf('maya'))?.balance).toBe(842_315)
  })

  it('makes no money when it goes to oneself', () => {
    bank.transfer(idOf('maya'), 'Maya Okafor', 100, nowMs)
    expect(bank.find(idOf('maya'))?.balance).toBe(842_215)
  })
})

it('fills an empty bank once', async () => {
  bank.transfer(idOf('maya'), 'Greenway Market', 500, nowMs)
  await seed(db, nowMs, async () => 'none')
  expect(bank.find(idOf('maya'))?.balance).toBe(841_815)
})

describe('a session', () => {
  it('is found by its id, which the database does not hold', () => {
    const sessions = createSessions(db)
    const { id } = sessions.start(idOf('maya'), nowMs)
    expect(sessions.find(id, nowMs)).toEqual({ live: true, session: { id, account: idOf('maya') } })
    expect(JSON.stringify(db.prepare('select * from session').all())).not.toContain(id)
  })

  it('ends after half an hour without a request, and says so once', () => {
    const sessions = createSessions(db)
    const { id } = sessions.start(idOf('maya'), nowMs)
    expect(sessions.find(id, nowMs + 30 * minuteMs)).toMatchObject({ live: true })
    expect(sessions.find(id, nowMs + 60 * minuteMs + 1)).toMatchObject({ live: false, reason: 'idle' })
    expect(sessions.find(id, nowMs + 60 * minuteMs + 1)).toBeUndefined()
  })

  it('ends after twelve hours however busy it is', () => {
    const sessions = createSessions(db)
    const { id } = sessions.start(idOf('maya'), nowMs)
    for (let minutes = 20; minutes <= 720; minutes += 20) sessions.find(id, nowMs + minutes * minuteMs)
    expect(sessions.find(id, nowMs + 721 * minuteMs)).toMatchObject({ live: false, reason: 'overall' })
  })

  it('is gone when it was ended', () => {
    const sessions = createSessions(db)
    const { id } = sessions.start(idOf('maya'), nowMs)
    sessions.end(id)
    expect(sessions.find(id, nowMs)).toBeUndefined()
  })
})
