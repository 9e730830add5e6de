import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Flavour } from './bundle.ts'

const folder = import.meta.dirname
const installed = (...path: string[]): string => join(folder, 'node_modules', ...path)

export interface Runtime {
  readonly name: string
  /** How the host says which one it runs on. */
  readonly says: RegExp
  readonly flavour: Flavour
  /** Command and arguments for a bundle and a place for its database. */
  command(bundle: string, database: string): readonly [string, ...string[]]
}

/** Every runtime that Newel is said to run on, in the versions of package.json beside this file. */
export const runtimes: readonly Runtime[] = [
  node('Node 22', installed('node-22', 'bin', 'node'), /^Node 22\./),
  // The pinned one of the workspace, which runs this very process.
  node('Node 24', process.execPath, /^Node 24\./),
  node('Node 26', installed('node-26', 'bin', 'node'), /^Node 26\./),
  {
    name: 'Deno',
    says: /^Deno 2\./,
    flavour: 'deno',
    command: (bundle, database) => [
      denoBinary(),
      'run',
      '--no-prompt',
      '--no-remote',
      '--allow-net=127.0.0.1',
      `--allow-read=${database}`,
      `--allow-write=${database}`,
      bundle,
      join(database, 'newel.db'),
    ],
  },
  {
    name: 'Bun',
    says: /^Bun 1\./,
    flavour: 'bun',
    command: (bundle, database) => [installed('.bin', 'bun'), bundle, join(database, 'newel.db')],
  },
  {
    name: 'workerd',
    says: /^workerd$/,
    flavour: 'workerd',
    command: (bundle, database) => [
      process.execPath,
      join(folder, 'hosts', 'miniflare.mjs'),
      bundle,
      database,
    ],
  },
]

function node(name: string, binary: string, says: RegExp): Runtime {
  return {
    name,
    says,
    flavour: 'node',
    command: (bundle, database) => [binary, bundle, join(database, 'newel.db')],
  }
}

/** The binary itself: what npm installs starts it as a child, which would outlive whoever is told to stop. */
function denoBinary(): string {
  const args = ['eval', 'console.log(Deno.execPath())']
  return execFileSync(installed('.bin', 'deno'), args, { encoding: 'utf8' }).trim()
}

export interface Started {
  readonly url: string
  stop(): Promise<void>
}

const graceMs = 20_000

/** Starts a command that says `listening on <port>`, and waits until it has. */
export async function start([command, ...args]: readonly [string, ...string[]]): Promise<Started> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // What of this process would change the other one: flags for Node, and colours in its output.
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
  })
  try {
    return { url: `http://127.0.0.1:${await portOf(child)}`, stop: () => stop(child) }
  } catch (error) {
    await stop(child)
    throw error
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = ''
    const fail = (what: string): void => {
      reject(new Error(`${child.spawnfile} ${what}\n${output}`))
    }
    const timer = setTimeout(() => {
      fail('did not listen in time')
    }, graceMs)
    const take = (chunk: Buffer): void => {
      output += chunk.toString('utf8')
      const port = /listening on (\d+)/.exec(output)?.[1]
      if (port === undefined) return
      clearTimeout(timer)
      resolve(Number(port))
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', take)
    child.once('error', reject)
    child.once('exit', (code) => {
      fail(`ended with ${code ?? 'a signal'}`)
    })
  })
}
