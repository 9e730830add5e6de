import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pnpmVersion, root } from './bootstrap.mjs'

export interface Result {
  code: number
  output: string
}

export interface Options {
  cwd?: string
  env?: Record<string, string>
  /** Shows what the command prints while it runs; it is kept in any case. */
  show?: boolean
  /** Flags of Node itself. */
  nodeOptions?: string[]
}

/** Runs a command to its end and keeps what it printed on both streams, in order. */
export const exec = (
  command: string,
  args: string[],
  { cwd = root, env = {}, show = false }: Options = {},
): Promise<Result> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // npx is a command file on Windows.
      shell: process.platform === 'win32' && command === 'npx',
    })
    let output = ''
    const take = (chunk: string) => {
      output += chunk
      if (show) process.stdout.write(chunk)
    }
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ code: code ?? 1, output })
    })
  })

/** Runs a script with this very Node. */
export const execNode = (script: string, args: string[], options: Options = {}): Promise<Result> =>
  exec(process.execPath, [...(options.nodeOptions ?? []), script, ...args], options)

/** The package manager that bootstrap.mjs installs with. */
export const execPnpm = (args: string[], options?: Options): Promise<Result> =>
  exec('npx', ['--yes', `pnpm@${pnpmVersion}`, ...args], options)

export const bin = (pkg: string, path: string): string => join(root, 'node_modules', pkg, path)
