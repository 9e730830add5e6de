import type { Demand, Grant } from '@newel/engine'
import { mkdtempSync, rmSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a server keeps of one subject. */
export interface SubjectState {
  /** In order of first appearance, from 0. */
  readonly index: number
  readonly profile: Uint8Array | undefined
  readonly profileVersion: number
  readonly grants: readonly Grant[]
  readonly demands: readonly Demand[]
  /** Good sign-ins so far. */
  readonly logins: number
  readonly rows: number
}

export interface States {
  get(subject: string): SubjectState
  put(subject: string, state: SubjectState): void
  /** Subjects that appeared. */
  readonly count: number
  close(): void
}

/** Kept in memory; what was not used for longest goes to a file. */
const defaultLimit = 100_000

/** State of any number of subjects in a bounded piece of memory, beside a temporary file that ends with the run. */
export function createStates(limit = defaultLimit): States {
  const held = new Map<string, SubjectState>()
  let count = 0
  let folder: string | undefined
  let database: DatabaseSync | undefined
  let read: StatementSync | undefined
  let write: StatementSync | undefined

  function spill(): void {
    if (database === undefined) {
      folder = mkdtempSync(join(tmpdir(), 'newel-evaluate-'))
      database = new DatabaseSync(join(folder, 'subjects.db'))
      database.exec('pragma journal_mode = off; pragma synchronous = off')
      database.exec(
        'create table subjects (subject text primary key, state text, profile blob) without rowid',
      )
      read = database.prepare('select state, profile from subjects where subject = ?')
      write = database.prepare('insert or replace into subjects (subject, state, profile) values (?, ?, ?)')
    }
    database.exec('begin')
    let left = Math.ceil(held.size / 4)
    for (const [subject, { profile, ...state }] of held) {
      if ((left -= 1) < 0) break
      write!.run(subject, JSON.stringify(state), profile ?? null)
      held.delete(subject)
    }
    database.exec('commit')
  }

  return {
    get(subject) {
      const here = held.get(subject)
      if (here !== undefined) {
        held.delete(subject)
        held.set(subject, here)
        return here
      }
      const row = read?.get(subject)
      if (row === undefined) {
        count += 1
        const state = { grants: [], demands: [], logins: 0, rows: 0, profile: undefined, profileVersion: 0 }
        return { index: count - 1, ...state }
      }
      const state = JSON.parse(String(row['state'])) as Omit<SubjectState, 'profile'>
      const { profile } = row
      return { ...state, profile: profile instanceof Uint8Array ? profile : undefined }
    },
    put(subject, state) {
      held.delete(subject)
      held.set(subject, state)
      if (held.size > limit) spill()
    },
    get count() {
      return count
    },
    close() {
      database?.close()
      if (folder !== undefined) rmSync(folder, { recursive: true })
    },
  }
}
