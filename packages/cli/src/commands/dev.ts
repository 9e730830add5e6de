import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { command } from '../command.ts'
import { loadApp } from '../dev/load-app.ts'
import { sdkFolder, startDev } from '../dev/start.ts'
import { Failure } from '../failure.ts'
import { untilStopped } from '../process.ts'

function readPort(value: string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined
  const port = Number(value)
  if (/^\d{1,5}$/.test(value) && port <= 65_535) return port
  throw new Failure(`The port has to be a number from 0 to 65535, not "${value}".`)
}

function requireSdk(): void {
  if (existsSync(join(sdkFolder(), 'newel.iife.js'))) return
  throw new Failure('The browser SDK is not built.', [
    'Run `npm run build -- browser`; `npm start` does it by itself.',
  ])
}

export const dev = command({
  name: 'dev',
  description:
    'Newel and your application on one loopback port, with an embedded database; mails are captured',
  example: 'newel dev --app app.ts',
  args: {
    app: { type: 'string', description: 'Application module to mount at /', valueHint: 'file' },
    port: {
      type: 'string',
      description: 'Port; default 3000 or the next free one (also PORT)',
      valueHint: 'number',
    },
    data: {
      type: 'string',
      description: 'Folder for database and keys',
      valueHint: 'folder',
      default: '.newel',
    },
  },
  run: async ({ app, port, data }) => {
    const stopped = untilStopped()
    const started = performance.now()
    if (app !== undefined) requireSdk()
    const module = app === undefined ? undefined : await loadApp(app)
    const server = await startDev({ app: module, port: readPort(port ?? process.env.PORT), dataFolder: data })
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    const lines = [
      '',
      `  ${module?.tenant.name ?? 'Newel'} is ready (${seconds} s)`,
      '',
      `  Open      ${server.origin}`,
      `  Newel     ${server.origin}/newel`,
      `  Health    ${server.origin}/readyz`,
      `  Data      ${server.dataFolder}${server.fresh ? ' (new)' : ' (kept from last time)'}`,
      '',
      ...(module?.tryThis ?? []).map((line) => `  ${line}`),
      ...(module?.tryThis ? [''] : []),
      '  Mails are captured and nothing leaves this machine. Ctrl-C stops.',
      '',
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
    await stopped
    await server.stop()
    process.stdout.write('Stopped.\n')
  },
})
