import type { Newel } from '@newel/server'
import { compose, loggerOf } from './compose.ts'
import { needs, requireKeys } from './config/load.ts'
import type { Config } from './config/schema.ts'
import { checkDatabase, openDatabase } from './database.ts'
import { Failure } from './failure.ts'
import { listen } from './http.ts'
import { startTicker } from './ticker.ts'

export interface Running {
  readonly port: number
  /** Closes the port, works off what is due, closes the database. */
  stop(): Promise<void>
}

/**
 * Newel alone, as configured. Everything that can be wrong is found before it listens.
 * @throws Failure that says what to do
 */
export async function serve(config: Config): Promise<Running> {
  // Before the database: a process that cannot start leaves no file behind.
  requireKeys(config, [needs.url, needs.masterKey, needs.tenants])
  const database = openDatabase(config.database)
  try {
    const newel = compose(config, database.store)
    await checkDatabase(database)
    await database.store.migrate()
    await untilReady(newel, config)
    const listening = await listen((request, connection) => newel.fetch(request, connection), {
      hosts: [config.host],
      port: config.port,
      trustedProxies: config.trusted_proxies,
      onUnreadForward: () => {
        loggerOf(config).log('warn', 'forwarded_address_unread')
      },
    })
    const ticker = startTicker(newel, config.tick_seconds, (message) => {
      process.stderr.write(`tick failed, will be tried again: ${message}\n`)
    })
    return {
      port: listening.port,
      stop: async () => {
        await listening.close()
        await ticker.stop()
        await database.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Declares tenants and opens their keys, so that a wrong master key is found now and not by the first visitor. */
async function untilReady(newel: Newel, { url = '', tenants }: Config): Promise<void> {
  const base = url.replace(/\/$/, '')
  for (const { id } of tenants) {
    const response = await newel.fetch(new Request(`${base}/t/${id}/.well-known/jwks.json`))
    if (response.ok) continue
    throw new Failure(`The keys of tenant ${id} cannot be opened.`, [
      'Give the master key that they were made under (NEWEL_MASTER_KEY or NEWEL_MASTER_KEY_FILE).',
      '`newel doctor` looks at each part.',
    ])
  }
}
