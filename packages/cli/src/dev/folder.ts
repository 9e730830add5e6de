import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as v from 'valibot'
import { Failure, messageOf } from '../failure.ts'
import { makeMasterKey, makePublishableKey, makeSecretKey } from '../secrets.ts'

const tenantFile = v.strictObject({ id: v.string(), publishableKey: v.string(), secretKey: v.string() })
export type DevTenant = v.InferOutput<typeof tenantFile>

/** What `newel dev` keeps between two starts. */
export interface DevFolder {
  readonly path: string
  readonly database: string
  readonly masterKey: string
  readonly tenant: DevTenant
  /** Made by this very start. */
  readonly fresh: boolean
  release(): void
}

/** The file's content; `make` writes it first where there is none. Only the owner may read it. */
function keep(path: string, make: () => string): { content: string; made: boolean } {
  try {
    const content = make()
    writeFileSync(path, content, { flag: 'wx', mode: 0o600 })
    return { content, made: true }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    chmodSync(path, 0o600)
    return { content: readFileSync(path, 'utf8'), made: false }
  }
}

/**
 * Two processes on one folder would declare the same tenant with different origins, in turns. The lock is one of SQLite:
 * the system drops it with the process, however that ends.
 */
function lock(path: string): DatabaseSync {
  const held = new DatabaseSync(join(path, 'dev.lock'))
  try {
    held.exec('pragma locking_mode = exclusive; begin exclusive; commit')
    return held
  } catch (error) {
    held.close()
    throw new Failure(
      `\`newel dev\` already runs on ${path}.`,
      ['Stop it with Ctrl-C there, or start this one with --data <another folder>.'],
      error,
    )
  }
}

/** Opens the folder, and fills it on the first start. */
export function openFolder(folder: string): DevFolder {
  const path = resolve(folder)
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    // Keys and data never get into a commit by accident, whatever the project ignores.
    keep(join(path, '.gitignore'), () => '*\n')
  } catch (error) {
    throw new Failure(
      `The data folder ${path} cannot be written: ${messageOf(error)}`,
      ['Choose another with --data.'],
      error,
    )
  }
  const held = lock(path)
  const key = keep(join(path, 'master.key'), () => `${makeMasterKey()}\n`)
  const tenant = keep(join(path, 'tenant.json'), () => {
    const made: DevTenant = {
      id: 'demo',
      publishableKey: makePublishableKey('demo'),
      secretKey: makeSecretKey('demo'),
    }
    return `${JSON.stringify(made, null, 2)}\n`
  })
  return {
    path,
    database: join(path, 'newel.db'),
    masterKey: key.content.trim(),
    tenant: parseTenant(tenant.content, path),
    fresh: key.made,
    release: () => {
      held.close()
    },
  }
}

function parseTenant(content: string, path: string): DevTenant {
  try {
    return v.parse(tenantFile, JSON.parse(content))
  } catch {
    // The cause would quote what the file holds.
    throw new Failure(`${join(path, 'tenant.json')} is damaged.`, [`Remove ${path} to start over.`])
  }
}
