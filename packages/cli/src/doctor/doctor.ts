import { policyWarnings } from '@newel/engine'
import { opensKeys } from '@newel/server'
import { existsSync } from 'node:fs'
import { compose } from '../compose.ts'
import { needs, requireKeys } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { checkDatabase, databaseFile, openDatabase } from '../database.ts'
import type { Database } from '../database.ts'
import { Failure, messageOf } from '../failure.ts'
import { readPolicyFile, sayMistake } from '../policy/read.ts'
import { makeMasterKey, masterKeyOf } from '../secrets.ts'
import { bad, doubtful, good } from './check.ts'
import type { Finding } from './check.ts'
import { checkNetworks } from './networks.ts'
import { checkMailer } from './smtp.ts'

// Proofs are refused beyond 60 s by default; browsers, which follow the server's time, need some of that.
const doubtfulSkewMs = 2000
const badSkewMs = 30_000

async function attempt(
  what: string,
  check: () => Finding | Promise<Finding>,
  todo: string,
): Promise<Finding> {
  try {
    return await check()
  } catch (error) {
    if (!(error instanceof Failure)) return bad(`${what} cannot be looked at: ${messageOf(error)}`, todo)
    return bad(error.message, error.lines.length > 0 ? error.lines.join('\n      → ') : todo)
  }
}

/** What policies say that their author may not mean, one line each. */
const doubtsOf = ({ tenants }: Config, nowMs: number): readonly string[] =>
  tenants.flatMap(({ policy_file: path }) =>
    path === undefined
      ? []
      : policyWarnings(readPolicyFile(path), nowMs).map((warning) => `${path} ${sayMistake(warning)}`),
  )

function checkConfig(config: Config, database: Database, nowMs: number): Finding {
  requireKeys(config, [needs.url, needs.tenants])
  // The master key has a finding of its own; without one, the rest could not be looked at.
  const { master_key_file: _file, ...rest } = config
  compose({ ...rest, master_key: makeMasterKey() }, database.store)
  const count = config.tenants.length
  const what = `Configuration fits together: ${count} tenant${count === 1 ? '' : 's'} at ${config.url ?? ''}`
  const doubts = doubtsOf(config, nowMs)
  if (doubts.length === 0) return good(what)
  return doubtful(`${what}; a policy says what its author may not mean`, doubts.join('\n      → '))
}

async function checkSchema(config: Config, database: Database): Promise<Finding> {
  const todo = 'Run `newel migrate`; `newel serve` does it on its start.'
  const file = databaseFile(config.database)
  if (file !== undefined && !existsSync(file)) return doubtful(`There is no database file ${file} yet`, todo)
  const { found, known } = await checkDatabase(database)
  const what = `Database ${database.name} answers, with schema ${found}`
  if (found === known) return good(what)
  return found > known ? good(`${what}, newer than ours and readable`) : doubtful(`${what} of ${known}`, todo)
}

/** Opens the stored keys of every tenant. */
async function checkKeys(config: Config, { store }: Database): Promise<Finding> {
  requireKeys(config, [needs.masterKey])
  const masterKey = masterKeyOf(config)
  const { found } = await store.health()
  for (const tenant of found === 0 ? [] : await store.listTenants()) {
    const keys = (await store.readTenant(tenant))?.keys ?? []
    if (await opensKeys(masterKey, keys)) continue
    return bad(
      `The master key does not open the keys of tenant ${tenant}`,
      'Give the one that they were made under (NEWEL_MASTER_KEY or NEWEL_MASTER_KEY_FILE).',
    )
  }
  return good('Master key is well-formed and opens all keys that are stored')
}

async function newestKeyMs({ store }: Database): Promise<number> {
  const { found } = await store.health()
  const tenants = found === 0 ? [] : await store.listTenants()
  const rows = await Promise.all(tenants.map((tenant) => store.readTenant(tenant)))
  return Math.max(0, ...rows.flatMap((row) => row?.keys ?? []).map((key) => key.createdAtMs))
}

async function checkClock(database: Database, now: () => number): Promise<Finding> {
  const todo = 'Let this machine follow a time server: proofs are refused when clocks are a minute apart.'
  if ((await newestKeyMs(database)) > now() + doubtfulSkewMs) {
    return bad('This clock is behind the time at which a stored key was made', todo)
  }
  if (database.clock === undefined) {
    return good(`Clock says ${new Date(now()).toISOString()}; a file has none to compare it with`)
  }
  const before = now()
  const theirs = await database.clock()
  const skew = Math.abs(theirs - (before + now()) / 2)
  const what = `This clock and the database's are ${(skew / 1000).toFixed(1)} s apart`
  if (skew > badSkewMs) return bad(what, todo)
  return skew > doubtfulSkewMs ? doubtful(what, todo) : good(what)
}

/**
 * Looks at each part that a start needs, each by itself, so that one answer names all that is wrong. Changes nothing, and
 * makes no file.
 */
export async function examine(config: Config, now: () => number = Date.now): Promise<readonly Finding[]> {
  const file = databaseFile(config.database)
  const database = openDatabase(file === undefined || existsSync(file) ? config.database : 'sqlite::memory:')
  try {
    return [
      await attempt(
        'Configuration',
        () => checkConfig(config, database, now()),
        'See docs/configuration.md.',
      ),
      await attempt('Database', () => checkSchema(config, database), 'Check NEWEL_DATABASE.'),
      await attempt('Master key', () => checkKeys(config, database), 'Look at the database first.'),
      config.smtp.url === undefined
        ? doubtful(
            'No mail server is configured: codes by mail are not offered',
            'Set NEWEL_SMTP_URL and NEWEL_SMTP_FROM.',
          )
        : await checkMailer(config.smtp.url),
      await attempt('Clock', () => checkClock(database, now), 'Look at the database first.'),
      ...checkNetworks(config, now()),
    ]
  } finally {
    await database.close()
  }
}
