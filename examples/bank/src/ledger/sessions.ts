import { createHash, randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'

const idleMs = 30 * 60_000
const overallMs = 12 * 3_600_000

export interface Session {
  /** What the cookie holds; the database knows its digest only. */
  readonly id: string
  readonly account: string
}

export type Found =
  | { readonly live: true; readonly session: Session }
  /** It ran out just now, and is gone. */
  | { readonly live: false; readonly session: Session; readonly reason: 'idle' | 'overall' }

export interface Sessions {
  /** Always a new id: one that was planted before sign-in is worth nothing after it. */
  start(account: string, nowMs: number): Session
  find(id: string, nowMs: number): Found | undefined
  end(id: string): void
}

const digestOf = (id: string): string => createHash('sha256').update(id).digest('base64url')

export function createSessions(db: DatabaseSync): Sessions {
  const insert = db.prepare('insert into session (digest, account, started_ms, seen_ms) values (?, ?, ?, ?)')
  const select = db.prepare('select account, started_ms, seen_ms from session where digest = ?')
  const touch = db.prepare('update session set seen_ms = ? where digest = ?')
  const remove = db.prepare('delete from session where digest = ?')
  return {
    start: (account, nowMs) => {
      const id = randomBytes(32).toString('base64url')
      insert.run(digestOf(id), account, nowMs, nowMs)
      return { id, account }
    },
    find: (id, nowMs) => {
      const digest = digestOf(id)
      const row = select.get(digest) as { account: string; started_ms: number; seen_ms: number } | undefined
      if (!row) return undefined
      const session = { id, account: row.account }
      const reason =
        nowMs - row.started_ms > overallMs ? 'overall' : nowMs - row.seen_ms > idleMs ? 'idle' : undefined
      if (reason) {
        remove.run(digest)
        return { live: false, session, reason }
      }
      touch.run(nowMs, digest)
      return { live: true, session }
    },
    end: (id) => {
      remove.run(digestOf(id))
    },
  }
}
