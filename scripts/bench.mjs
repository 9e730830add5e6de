// `npm run bench [-- option …]`: installs, builds what is measured, then runs the benchmark.
import { fail, handOver, install, runPinned } from './lib/bootstrap.mjs'

await install('full')
const built = await runPinned('scripts/build.ts', ['browser'])
if (built !== 0) fail('The browser bundle could not be built; the reason is above.')
await handOver('bench/run.ts', process.argv.slice(2))
