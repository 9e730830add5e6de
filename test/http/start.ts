import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** A server in a process of its own. */
export interface Started {
  readonly url: string
  /** Ends it as a supervisor would, or at once. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
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
    return { url: `http://127.0.0.1:${await portOf(child)}`, stop: (signal) => stop(child, signal) }
  } catch (error) {
    await stop(child)
    throw error
  }
}

async function stop(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = once(child, 'exit')
  child.kill(signal)
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
