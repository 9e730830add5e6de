import { compose } from './compose.ts'
import type { Config } from './config/schema.ts'
import { checkDatabase, openDatabase } from './database.ts'
import { Failure, messageOf } from './failure.ts'
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
  const database = openDatabase(config.database)
  try {
    const newel = compose(config, database.store)
    await checkDatabase(database)
    await database.store.migrate()
    await untilReady(newel, config.url ?? '')
    const listening = await listen((request, connection) => newel.fetch(request, connection), {
      hosts: [config.host],
      port: config.port,
      trustedProxies: config.trusted_proxies,
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

/** Declares tenants and opens keys, so that a wrong master key is found now and not by the first visitor. */
async function untilReady(newel: { fetch(request: Request): Promise<Response> }, url: string): Promise<void> {
  try {
    const response = await newel.fetch(new Request(`${url.replace(/\/$/, '')}/readyz`))
    if (response.ok) return
    throw new Error(await response.text())
  } catch (error) {
    throw new Failure(
      `Newel is not ready: ${messageOf(error)}`,
      ['`newel doctor` looks at each part.'],
      error,
    )
  }
}
