import type { SubjectRow, SubjectWrite } from '@newel/engine'
import type { SubjectUpdate } from '@newel/protocol'
import { randomToken } from './crypto.ts'

/** The row to write where there is none yet, or where the back end says something new; else `undefined`. */
export function subjectWrite(
  id: string,
  bucket: number,
  said: SubjectUpdate,
  row: SubjectRow | undefined,
  createdSession?: string,
): SubjectWrite | undefined {
  const write: SubjectWrite = {
    subject: id,
    bucket,
    userHandle: row?.userHandle ?? randomToken(64),
    ...(said.since_ms !== undefined && said.since_ms !== row?.sinceMs && { sinceMs: said.since_ms }),
    ...(said.name !== undefined && said.name !== row?.name && { name: said.name }),
    ...(said.locale !== undefined && said.locale !== row?.locale && { locale: said.locale }),
    ...(createdSession !== undefined && createdSession !== row?.createdSession && { createdSession }),
  }
  // Three members name the row; any other is news.
  return row === undefined || Object.keys(write).length > 3 ? write : undefined
}
