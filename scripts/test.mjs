// `npm test [-- step …]`: installs everything that tests need, then runs the steps one after the other.
import { handOver, install, installRuntimes } from './lib/bootstrap.mjs'

const names = process.argv.slice(2)
await install('full')
if (names.length === 0 || names.includes('runtimes') || names.includes('licences')) await installRuntimes()
await handOver('scripts/test/run.ts', names)
