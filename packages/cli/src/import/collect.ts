import { importedLogins, importedLoginsPerDay, type PastLogin } from '@newel/server'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Login } from '../evaluate/logins/login.ts'
import type { Progress } from '../evaluate/logins/progress.ts'
import { readLines } from '../evaluate/logins/read.ts'

/** What a file held. */
export interface Tally {
  rows: number
  good: number
  /** The password was wrong. */
  failed: number
  /** Marked as an attacker's. */
  attackers: number
  bad: number
}

export interface BadLine {
  readonly line: number
  readonly problem: string
}

export interface Collected {
  readonly tally: Tally
  /** The first of them. */
  readonly badLines: readonly BadLine[]
  readonly subjects: number
  /** Each subject with its sign-ins, as many as an import keeps and those that a day has too many of. */
  each(): Generator<{ readonly subject: string; readonly logins: readonly PastLogin[] }, void>
  close(): void
}

export const shownBadLines = 20
/** A clock that runs ahead by less is a clock that runs ahead. */
const toleranceMs = 300_000

/** What else a sign-in must be to be stored: subjects are opaque ids, and nothing has happened yet in the future. */
export function problemOf({ subject, ip, ts_ms: atMs }: Login, nowMs: number): string | undefined {
  if (subject.includes('@')) return 'subject: an opaque id, not an address'
  if (isIP(ip) === 0) return 'ip: no address'
  return atMs > nowMs + toleranceMs ? 'ts_ms: in the future' : undefined
}

/**
 * Reads a whole file and sorts it by subject, beside a temporary file, so that neither has to fit into memory.
 *
 * @param rejects bad lines are written there, as they came
 */
export async function collect(
  file: string,
  options: { readonly nowMs: number; readonly rejects: string | undefined; readonly progress: Progress },
): Promise<Collected> {
  const folder = mkdtempSync(join(tmpdir(), 'newel-import-'))
  const database = new DatabaseSync(join(folder, 'logins.db'))
  const close = (): void => {
    database.close()
    rmSync(folder, { recursive: true })
  }
  try {
    database.exec('pragma journal_mode = off; pragma synchronous = off')
    database.exec('create table logins (subject text, at integer, login text)')
    const insert = database.prepare('insert into logins (subject, at, login) values (?, ?, ?)')
    const tally: Tally = { rows: 0, good: 0, failed: 0, attackers: 0, bad: 0 }
    const badLines: BadLine[] = []
    if (options.rejects !== undefined) writeFileSync(options.rejects, '')
    const refuse = (line: number, problem: string, text: string): void => {
      tally.bad += 1
      if (badLines.length < shownBadLines) badLines.push({ line, problem })
      if (options.rejects !== undefined) appendFileSync(options.rejects, `${text}\n`)
    }
    database.exec('begin')
    for await (const read of readLines(file)) {
      tally.rows += 1
      options.progress.at(read.share, tally.rows)
      if (read.problem !== undefined) {
        refuse(read.line, read.problem, read.text)
        continue
      }
      const { login } = read
      const problem = problemOf(login, options.nowMs)
      if (problem !== undefined) refuse(read.line, problem, JSON.stringify(login))
      else if (login.attacker !== undefined) tally.attackers += 1
      else if (!login.success) tally.failed += 1
      else {
        tally.good += 1
        const { ts_ms: atMs, ip, user_agent: userAgent, asn, country } = login
        const past: PastLogin = { atMs, ip, userAgent, asn, country }
        insert.run(login.subject, atMs, JSON.stringify(past))
      }
    }
    database.exec('commit')
    database.exec('create index by_subject on logins (subject, at)')
    const counted = database.prepare('select count(distinct subject) as count from logins').get()
    const latest = database.prepare('select login from logins where subject = ? order by at desc limit ?')
    const next = database.prepare('select min(subject) as subject from logins where subject > ?')
    return {
      tally,
      badLines,
      subjects: Number(counted?.['count']),
      *each() {
        for (let at = ''; ;) {
          const subject = next.get(at)?.['subject']
          if (typeof subject !== 'string') return
          at = subject
          const rows = latest.all(subject, importedLogins * importedLoginsPerDay)
          yield { subject, logins: rows.map((row) => JSON.parse(String(row['login'])) as PastLogin) }
        }
      },
      close,
    }
  } catch (error) {
    close()
    throw error
  } finally {
    options.progress.end()
  }
}
