import { command, configArgs } from '../command.ts'
import { loadConfig } from '../config/load.ts'
import { untilStopped } from '../process.ts'
import { serve as startServing } from '../serve.ts'

export const serve = command({
  name: 'serve',
  description: 'Newel alone, as configured',
  example: 'newel serve --config newel.config.json',
  args: {
    ...configArgs,
    url: { type: 'string', description: 'Public base of Newel', valueHint: 'url' },
    host: { type: 'string', description: 'Address to listen on', valueHint: 'address' },
    port: { type: 'string', description: 'Port to listen on', valueHint: 'number' },
  },
  run: async ({ config: file, database, url, host, port }) => {
    const stopped = untilStopped()
    const config = loadConfig({ env: process.env, file, flags: { database, url, host, port } })
    const server = await startServing(config)
    process.stdout.write(`Newel listens on ${config.host}:${server.port} for ${config.url ?? ''}\n`)
    await stopped
    await server.stop()
    process.stdout.write('Stopped.\n')
  },
})
