import { tables, type SubjectTable, type TableName } from './tables.ts'

/**
 * Every table that names a subject, with the members that an export leaves out: what is sealed, what would help to answer
 * a challenge, and what only repeats. A table that is missing here does not compile, so export and erasure cover it.
 */
export const personal: Readonly<Record<SubjectTable, readonly string[]>> = {
  subjects: ['userHandle'],
  authenticators: ['data', 'lookup', 'destination'],
  attempts: [],
  sends: ['key'],
  sessions: [],
  assurances: [],
  grants: [],
  demands: ['scope'],
  ties: [],
  assessments: [],
  events: [],
  challenges: ['state', 'openKey'],
  open_challenges: ['openKey'],
  spends: [],
  ops: ['response', 'digest'],
  outbox: ['body'],
}
export const personalTables = Object.keys(personal) as readonly SubjectTable[]

/** The counters that name a subject. */
export const subjectCounters = (subject: string): string[] =>
  ['subject', 'actions', 'sessions', 'timeouts'].map((kind) => `${kind}:${subject}`)

/** Tables with rows, as JSON: without the tenant and what is left out, bytes as base64. `undefined` where there is none. */
export function toExport(
  rows: Readonly<Partial<Record<TableName, readonly object[]>>>,
): Readonly<Record<string, readonly unknown[]>> | undefined {
  const filled = Object.entries(rows).filter(([, found]) => found.length > 0)
  if (filled.length === 0) return undefined
  return Object.fromEntries(filled.map(([name, found]) => [name, found.map((row) => exported(name, row))]))
}

function exported(name: string, row: object): Readonly<Record<string, unknown>> {
  const leftOut = new Map<string, readonly string[]>(Object.entries(personal)).get(name) ?? []
  const members = Object.entries(row).filter(
    ([member, value]) => member !== 'tenant' && value !== undefined && !leftOut.includes(member),
  )
  return Object.fromEntries(
    members.map(([member, value]: [string, unknown]) => [
      member,
      value instanceof Uint8Array ? toBase64(value) : value,
    ]),
  )
}

const toBase64 = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))

/** Names of all tables that hold rows. */
export const tableNames = Object.keys(tables) as readonly TableName[]
