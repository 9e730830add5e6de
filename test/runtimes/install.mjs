// Installs the runtimes beside this file; quick when they are there already.
import { installRuntimes } from '../../scripts/lib/bootstrap.mjs'

await installRuntimes()
