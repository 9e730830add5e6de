// `npm start`: installs what is missing, builds what the browser loads, then runs `newel dev` with the bank.
import { fail, handOver, install, runPinned } from './lib/bootstrap.mjs'

await install('start')
const built = await runPinned('scripts/build.ts', ['browser'])
if (built !== 0) fail('The browser bundle could not be built; the reason is above.')
await handOver('packages/cli/src/main.ts', [
  'dev',
  '--app=examples/bank/src/app.ts',
  ...process.argv.slice(2),
])
