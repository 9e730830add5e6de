import { openNetworkFiles } from '@newel/server/node'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, messageOf } from '../failure.ts'
import { download, publishedSha256 } from './download.ts'
import type { DataSet } from './sets.ts'

/** What the folder holds, written beside the files: where each came from, and which bytes they were. */
interface Kept {
  readonly url: string
  readonly licence: string
  readonly sha256: string
  readonly bytes: number
  readonly fetched_at_ms: number
}
type Manifest = Readonly<Record<string, Kept>>

const manifestFile = 'newel-data.json'

function readManifest(folder: string): Manifest {
  const path = join(folder, manifestFile)
  if (!existsSync(path)) return {}
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest
  } catch (error) {
    throw new Failure(`${path} cannot be read: ${messageOf(error)}`, ['Delete it and fetch again.'], error)
  }
}

function writeManifest(folder: string, manifest: Manifest): void {
  const path = join(folder, manifestFile)
  writeFileSync(`${path}.new`, `${JSON.stringify(manifest, undefined, 2)}\n`)
  renameSync(`${path}.new`, path)
}

/** Opens the file as the server would: one that is cut off, or of another format, throws. */
const checkSet = (set: DataSet, path: string): void => {
  openNetworkFiles(set.key === 'asn_file' ? { asn: path } : { country: path }).lookup('192.0.2.1', 0)
}

export interface FetchOptions {
  readonly folder: string
  readonly nowMs: number
  readonly patienceMs: number
  readonly say: (line: string) => void
}

/** Fetches one set, unless the newest one is there already. */
export async function fetchSet(
  set: DataSet,
  { folder, nowMs, patienceMs, say }: FetchOptions,
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, set.file)
  const published = await publishedSha256(set.checksumUrl, patienceMs)
  if (existsSync(path) && sha256Of(path) === published) {
    say(`${set.id}: ${path} is the newest one`)
    return
  }
  const { bytes, sha256, resumedFrom } = await download({
    url: set.url,
    path,
    maxBytes: set.maxBytes,
    sha256: published,
    check: (part) => {
      checkSet(set, part)
    },
    patienceMs,
  })
  const { url, licence } = set
  writeManifest(folder, {
    ...readManifest(folder),
    [set.file]: { url, licence, sha256, bytes, fetched_at_ms: nowMs },
  })
  const resumed = resumedFrom > 0 ? `, of which ${resumedFrom} were there` : ''
  say(`${set.id}: ${path}, ${bytes} bytes${resumed}, SHA-256 ${sha256}, ${licence}`)
}

const sha256Of = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

export interface SetState {
  readonly set: DataSet
  readonly state: 'good' | 'old' | 'missing' | 'bad'
  readonly what: string
}

const dayMs = 86_400_000
/** Networks change hands; a month later one in some dozens has moved. */
const oldDays = 35

/** Whether a fetched file is there, is the one that was fetched, and can be opened. Nothing is fetched. */
export function examineSet(set: DataSet, folder: string, nowMs: number): SetState {
  const path = join(folder, set.file)
  if (!existsSync(path)) return { set, state: 'missing', what: `${path} is not there` }
  const kept = readManifest(folder)[set.file]
  const sha256 = sha256Of(path)
  if (kept === undefined)
    return { set, state: 'bad', what: `${path} was not fetched by newel: SHA-256 ${sha256}` }
  if (sha256 !== kept.sha256)
    return { set, state: 'bad', what: `${path} is not what was fetched: SHA-256 ${sha256}` }
  try {
    checkSet(set, path)
  } catch (error) {
    return { set, state: 'bad', what: `${path} cannot be opened: ${messageOf(error)}` }
  }
  const days = Math.floor((nowMs - kept.fetched_at_ms) / dayMs)
  return { set, state: days > oldDays ? 'old' : 'good', what: `${path}, ${days} days old, SHA-256 ${sha256}` }
}
