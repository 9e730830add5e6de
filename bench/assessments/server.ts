import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { TickReport } from '@newel/server'
import type { Cleanup } from '../lib/cleanup.ts'
import type { Connection } from './database.ts'
import type { Kind, Question, Start, Usage } from './messages.ts'

/** A server of the run, as its load generator sees it. */
export interface BenchServer {
  readonly kind: Kind
  readonly port: number
  usage(): Promise<Usage>
  /** What is due that is not an answer. */
  tick(): Promise<TickReport>
  stop(): Promise<void>
}

const script = fileURLToPath(new URL('serve.ts', import.meta.url))

export async function startServer(
  { kind, connection }: Start,
  profile: string | undefined,
  cleanup: Cleanup,
): Promise<BenchServer> {
  const child = fork(script, [], {
    execArgv: [
      '--conditions=newel-source',
      '--disable-warning=ExperimentalWarning',
      ...(profile === undefined
        ? []
        : ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${nameOf(kind, connection)}`]),
    ],
  })
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.send('stop' satisfies Question)
    await ended
  }
  cleanup.add(stop)
  const { port } = (await ask(child, { kind, connection } satisfies Start)) as { port: number }
  return {
    kind,
    port,
    usage: () => ask(child, 'usage' satisfies Question) as Promise<Usage>,
    tick: () => ask(child, 'tick' satisfies Question) as Promise<TickReport>,
    stop,
  }
}

const nameOf = (kind: Kind, { store }: Connection): string => `${kind}-${store}-${Date.now()}.cpuprofile`

/** One question at a time. */
const ask = (child: ChildProcess, question: Start | Question): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => {
      reject(new Error(`the server ended (${code ?? 'by signal'})`))
    }
    child.once('exit', onExit)
    child.once('message', (answer) => {
      child.removeListener('exit', onExit)
      resolve(answer)
    })
    child.send(question)
  })
