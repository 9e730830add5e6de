import { execFileSync } from 'node:child_process'
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
