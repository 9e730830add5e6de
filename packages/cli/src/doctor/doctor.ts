import { compose } from '../compose.ts'
import { needs, requireKeys } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { checkDatabase, openDatabase } from '../database.ts'
import type { Database } from '../database.ts'
import { explain, Failure } from '../failure.ts'
import { masterKeyOf } from '../secrets.ts'
import { bad, doubtful, good } from './check.ts'
import type { Finding } from './check.ts'
import { checkMailer } from './smtp.ts'

/** Proofs are refused beyond 60 s by default; a tenth of it is left to browsers. */
const doubtfulSkewMs = 2000
const badSkewMs = 30_000

const indented = (error: unknown): string => explain(error).replace(/\n\s*/g, '; ')

async function attempt(check: () => Finding | Promise<Finding>, todo: string): Promise<Finding> {
  try {
    return await check()
  } catch (error) {
    if (error instanceof Failure && error.lines.length > 0) return bad(error.message, error.lines.join(' '))
    return bad(indented(error), todo)
  }
}

function checkConfig(config: Config, database: Database): Finding {
  compose(config, database.store)
  return good(
    `Configuration is complete: ${config.tenants.length === 1 ? 'one tenant' : `${config.tenants.length} tenants`} at ${config.url ?? ''}`,
  )
}

async function checkSchema(database: Database): Promise<Finding> {
  const { found, known } = await checkDatabase(database)
  if (found === known) return good(`Database ${database.name} is reachable, schema ${found}`)
  if (found > known)
    return good(
      `Database ${database.name} is reachable; schema ${found} is newer than this build's ${known}, which can still read it`,
    )
  return doubtful(
    `Database ${database.name} is reachable, schema ${found} of ${known}`,
    'Run `newel migrate`; `newel serve` does it on its start.',
  )
}

/** Opens the stored keys of every declared tenant, as a start would. */
async function checkKeys(config: Config, database: Database): Promise<Finding> {
  requireKeys(config, [needs.masterKey])
  masterKeyOf(config)
  const { found } = await checkDatabase(database)
  const stored = found === 0 ? [] : await database.store.listTenants()
  if (stored.length === 0) return good('Master key is well-formed; no keys are stored yet')
  const url = config.url ?? ''
  const newel = compose(config, database.store)
  for (const { id } of config.tenants.filter((tenant) => stored.includes(tenant.id))) {
    const response = await newel.fetch(new Request(`${url}/t/${id}/.well-known/jwks.json`))
    if (!response.ok) {
      return bad(
        `The stored keys of tenant ${id} do not open`,
        'Give the master key that they were made under (NEWEL_MASTER_KEY or NEWEL_MASTER_KEY_FILE).',
      )
    }
  }
  return good('Master key opens the stored keys')
}

async function checkClock(database: Database): Promise<Finding> {
  const todo =
    'Let this machine follow a time server (chrony, systemd-timesyncd): proofs are refused when clocks differ by more than 60 s.'
  const { found } = await checkDatabase(database)
  if (found > 0) {
    for (const tenant of await database.store.listTenants()) {
      const keys = (await database.store.readTenant(tenant))?.keys ?? []
      const newest = Math.max(0, ...keys.map((key) => key.createdAtMs))
      if (newest > Date.now() + doubtfulSkewMs)
        return bad('This clock is behind a key that was made before', todo)
    }
  }
  if (database.clock === undefined)
    return good(`Clock says ${new Date().toISOString()}; the database has none to compare with`)
  const before = Date.now()
  const theirs = await database.clock()
  const skew = Math.abs(theirs - (before + Date.now()) / 2)
  const what = `This clock and the database's differ by ${(skew / 1000).toFixed(1)} s`
  return skew > badSkewMs ? bad(what, todo) : skew > doubtfulSkewMs ? doubtful(what, todo) : good(what)
}

/** Looks at each part that a start needs, each by itself, so that one answer names all that is wrong. */
export async function examine(config: Config): Promise<readonly Finding[]> {
  const database = openDatabase(config.database)
  try {
    return [
      await attempt(() => checkConfig(config, database), 'See docs/configuration.md.'),
      await attempt(() => checkSchema(database), 'Check NEWEL_DATABASE.'),
      await attempt(() => checkKeys(config, database), 'Look at the parts above first.'),
      config.smtp.url === undefined
        ? doubtful(
            'No mail server is configured: codes by mail are not offered',
            'Set NEWEL_SMTP_URL and NEWEL_SMTP_FROM.',
          )
        : await checkMailer(config.smtp.url),
      await attempt(() => checkClock(database), 'Look at the database first.'),
    ]
  } finally {
    await database.close()
  }
}
