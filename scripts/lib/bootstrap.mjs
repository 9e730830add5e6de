// What runs before anything is installed: plain JavaScript for Node 20, without a dependency.
// It installs what is locked, then hands over to the Node that the repository pins.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

export const pnpmVersion = '12.21.0'
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
const windows = process.platform === 'win32'

/** The pinned Node of the workspace, once it is installed. */
export const pinnedNode = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node')

const requireNode20 = () => {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    fail(`Newel needs Node 20 or later to start; this is ${process.version}.`)
  }
}

export const fail = (message) => {
  console.error(message)
  process.exit(1)
}

/** The environment in which the pinned Node and the tools of the workspace come first. */
const environment = () => {
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  const bins = [dirname(pinnedNode), join(root, 'node_modules', '.bin')]
  return { ...process.env, [key]: [...bins, process.env[key]].join(delimiter) }
}

const run = (command, args, options = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
    // Ctrl-C at a terminal reaches the child by itself, and a second signal would read as impatience;
    // a supervisor signals this process alone.
    const forward = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    for (const signal of signals) process.on(signal, forward)
    child.on('error', (error) => fail(`${command} could not be started: ${error.message}`))
    child.on('exit', (code, signal) => {
      for (const name of signals) process.removeListener(name, forward)
      resolve(code ?? 128 + (constants.signals[signal] ?? 0))
    })
  })

/** Runs a script under the pinned Node, against the sources of our packages, and gives its exit code. */
export const runPinned = (script, args = []) =>
  run(
    pinnedNode,
    ['--conditions=newel-source', '--disable-warning=ExperimentalWarning', join(root, script), ...args],
    {
      env: environment(),
    },
  )

/** The same as the last thing this process does: it ends as the script ends. */
export const handOver = async (script, args) => {
  process.exitCode = await runPinned(script, args)
}

const pnpm = async (args, cwd) => {
  // The shell is needed on Windows alone, where npx is a command file; no argument comes from outside.
  const code = await run('npx', ['--yes', `pnpm@${pnpmVersion}`, ...args], { cwd, shell: windows })
  if (code !== 0) fail(`pnpm ${args[0]} failed (exit ${code}); its message is above.`)
}

const manifestsOf = (folder) => {
  const groups = ['packages', 'examples'].flatMap((group) => {
    const path = join(folder, group)
    return existsSync(path) ? readdirSync(path).map((name) => join(group, name)) : []
  })
  return ['.', ...groups, 'test', 'bench'].map((path) => join(path, 'package.json'))
}

const fingerprint = (folder, files) => {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${pnpmVersion}\n`)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...files].sort()) {
    const path = join(folder, file)
    if (existsSync(path)) hash.update(`${file}\n`).update(readFileSync(path))
  }
  return hash.digest('hex')
}

const stampOf = (folder) => join(folder, 'node_modules', '.newel-install.json')

const readStamp = (folder) => {
  try {
    return JSON.parse(readFileSync(stampOf(folder), 'utf8'))
  } catch {
    return {}
  }
}

const writeStamp = (folder, stamp) => {
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  writeFileSync(stampOf(folder), `${JSON.stringify(stamp)}\n`)
}

/**
 * Installs the workspace as locked: `start` leaves out what only tests and benchmarks need, `full` takes all.
 * When manifests and lockfile are those of the last install, nothing is asked and nothing runs.
 */
export const install = async (scope) => {
  requireNode20()
  const hash = fingerprint(root, manifestsOf(root))
  const stamp = readStamp(root)
  if (stamp.hash === hash && (stamp.scope === 'full' || stamp.scope === scope) && existsSync(pinnedNode))
    return
  console.log(scope === 'full' ? 'Installing the workspace …' : 'Installing …')
  const filters = scope === 'full' ? [] : ['--filter=!@newel/test', '--filter=!@newel/bench']
  await pnpm(['install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=error', ...filters], root)
  if (!existsSync(pinnedNode))
    fail('The pinned Node is missing after the install: remove node_modules and try again.')
  writeStamp(root, { hash, scope })
}

/** Installs the other runtimes that the story must pass on; apart, because they weigh half a gigabyte. */
export const installRuntimes = async () => {
  const folder = join(root, 'test', 'runtimes')
  const hash = fingerprint(folder, ['package.json'])
  if (readStamp(folder).hash === hash) return
  console.log('Installing the other runtimes …')
  await pnpm(['install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=error'], folder)
  writeStamp(folder, { hash })
}
