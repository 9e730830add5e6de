import { createNewel } from '@newel/server'
import type { TenantDeclaration } from '@newel/server'
import { sqliteStore } from '@newel/stores/sqlite'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Failure } from '../failure.ts'
import { listen, listenFrom } from '../http.ts'
import type { Handler, Listening } from '../http.ts'
import { jsonLogger } from '../logger.ts'
import { startTicker } from '../ticker.ts'
import type { Ticker } from '../ticker.ts'
import type { App, AppModule } from './context.ts'
import { openFolder } from './folder.ts'
import type { DevTenant } from './folder.ts'
import { decisionsOf, learnedOf } from './insight.ts'
import { captureMails } from './mailbox.ts'
import { welcome } from './page.ts'
import { route } from './router.ts'

export interface DevOptions {
  readonly app?: AppModule | undefined
  /** This one or none. Default: the first free one from 3000 on. */
  readonly port?: number | undefined
  /** Default `.newel`. */
  readonly dataFolder?: string | undefined
}

export interface DevServer {
  readonly origin: string
  readonly dataFolder: string
  /** The data folder was made by this start. */
  readonly fresh: boolean
  stop(): Promise<void>
}

const hosts = ['127.0.0.1', '::1']

/** Where the built files of the browser SDK are, once they are built. */
export const sdkFolder = (): string =>
  join(dirname(fileURLToPath(import.meta.resolve('@newel/browser/package.json'))), 'dist')

/**
 * Newel, and an application where one is given, in one process on one loopback port. Mails are captured.
 * @throws Failure that says what to do
 */
export async function startDev({ app: module, port, dataFolder = '.newel' }: DevOptions): Promise<DevServer> {
  const folder = openFolder(dataFolder)
  const store = sqliteStore({ path: folder.database })
  const report = (line: string) => process.stderr.write(`${line}\n`)
  let listening: Listening | undefined
  let ticker: Ticker | undefined
  let app: App | undefined
  const stop = async () => {
    await listening?.close()
    await ticker?.stop()
    await app?.close?.()
    await store.close()
    folder.release()
  }
  try {
    // The port names the origin, which Newel and the application are made with: first comes the port, then what answers.
    let answer: Handler = () => new Response('Starting.\n', { status: 503, headers: { 'retry-after': '1' } })
    const handler: Handler = (request, connection) => answer(request, connection)
    listening = await (port === undefined
      ? listenFrom(handler, hosts, 3000)
      : listen(handler, { hosts, port }))
    const origin = `http://localhost:${listening.port}`
    const url = `${origin}/newel`
    const mailbox = captureMails(Date.now)
    const newel = createNewel({
      url,
      store,
      masterKey: folder.masterKey,
      mailer: mailbox,
      // Who tries things out asks for more codes than who signs in.
      limits: { sendsPerWindow: 20, sendsPerDay: 200 },
      logger: jsonLogger('warn', report),
      tenants: [declare(folder.tenant, origin, module)],
    })
    const ready = await newel.fetch(new Request(`${url}/readyz`))
    if (!ready.ok)
      throw new Failure(`Newel is not ready: ${await ready.text()}`, [`Remove ${folder.path} to start over.`])
    ticker = startTicker(newel, 2, (message) => report(`tick failed, will be tried again: ${message}`))
    const { id } = folder.tenant
    const mounted: App = (await module?.createApp({
      newel,
      url,
      origin,
      tenant: folder.tenant,
      mailbox,
      decisions: (limit = 20) => decisionsOf(store, id, Math.min(limit, 50)),
      learned: (subject) => learnedOf(store, id, subject),
      sdkFolder: sdkFolder(),
      dataFolder: folder.path,
    })) ?? { fetch: () => welcome(url) }
    app = mounted
    answer = route({
      origin,
      newel: (request, connection) => newel.fetch(request, connection),
      app: (request, connection) => mounted.fetch(request, connection),
    })
    return { origin, dataFolder: folder.path, fresh: folder.fresh, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const declare = (tenant: DevTenant, origin: string, module: AppModule | undefined): TenantDeclaration => ({
  id: tenant.id,
  name: module?.tenant.name ?? 'Demo',
  origins: [origin, ...(module?.tenant.origins ?? [])],
  publishableKey: tenant.publishableKey,
  secretKeys: [tenant.secretKey],
  holdHours: module?.tenant.holdHours ?? 0,
  ...(module?.tenant.policy && { policy: module.tenant.policy }),
})
