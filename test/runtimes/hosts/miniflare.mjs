// Runs a Worker in workerd with a D1 database, as a process of its own: miniflare.mjs <script> <folder of the database>
import { Miniflare } from 'miniflare'

const [scriptPath, d1Persist] = process.argv.slice(2)
const miniflare = new Miniflare({
  host: '127.0.0.1',
  port: 0,
  modules: true,
  scriptPath,
  // No compatibility flag: nothing of Node is there to be used.
  compatibilityDate: '2026-07-01',
  d1Databases: { DB: 'newel' },
  d1Persist,
})
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => void miniflare.dispose().then(() => process.exit(0)))
}
const url = await miniflare.ready
console.log(`listening on ${url.port}`)
