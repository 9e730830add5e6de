import type { DatabaseSync } from 'node:sqlite'
import { atomically } from './database.ts'
import { hashPassword } from './passwords.ts'

/** The people of the demo; their passwords stand on the page. */
export const people = [
  {
    id: 'cust-4f81',
    name: 'maya',
    holder: 'Maya Okafor',
    password: 'correct horse',
    iban: 'DE14 9876 5432 1000 4181 07',
    address: '12 Elm Row, Ashford',
    balance: 842_315,
  },
  {
    id: 'cust-9b27',
    name: 'tom',
    holder: 'Tom Lindqvist',
    password: 'battery staple',
    iban: 'DE62 9876 5432 1000 9227 55',
    address: '3 Harbour Lane, Ashford',
    balance: 128_940,
  },
] as const

const dayMs = 86_400_000
/** Days ago, with whom, cents. */
const history: Readonly<
  Record<(typeof people)[number]['name'], readonly (readonly [number, string, number])[]>
> = {
  maya: [
    [1, 'Corner Bakery', -640],
    [2, 'Northfield Energy', -8_450],
    [4, 'City Library', -300],
    [6, 'Alderton Studio (salary)', 318_000],
    [8, 'Harbour Housing (rent)', -112_000],
    [11, 'Tom Lindqvist', -4_500],
    [13, 'Greenway Market', -6_218],
  ],
  tom: [
    [1, 'Greenway Market', -3_190],
    [3, 'Rail tickets', -2_760],
    [7, 'Ferry & Sons (salary)', 241_000],
    [11, 'Maya Okafor', 4_500],
  ],
}

/** Fills an empty bank: two customers of long standing. */
export async function seed(
  db: DatabaseSync,
  nowMs: number,
  hash: (password: string) => Promise<string> = hashPassword,
): Promise<void> {
  if (db.prepare('select 1 from account limit 1').get()) return
  const hashed = await Promise.all(
    people.map(async (person) => ({ ...person, hash: await hash(person.password) })),
  )
  atomically(db, () => {
    const account = db.prepare(
      'insert into account (id, name, holder, email, address, iban, password, since_ms, balance) values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    const booking = db.prepare('insert into booking (account, at_ms, party, amount) values (?, ?, ?, ?)')
    for (const { id, name, holder, address, iban, hash, balance } of hashed) {
      account.run(
        id,
        name,
        holder,
        `${name}@larkfield.example`,
        address,
        iban,
        hash,
        nowMs - 700 * dayMs,
        balance,
      )
      for (const [daysAgo, party, amount] of history[name])
        booking.run(id, nowMs - daysAgo * dayMs, party, amount)
    }
  })
}
