// `npm run bench`: what an assessment costs beside the least that a server could do, and what a browser loads.
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sizes, type Size } from '../scripts/checks/sizes.ts'
import { createPerson } from './assessments/person.ts'
import { measureStage, type Stage } from './assessments/stage.ts'
import { measureEngine, type EngineSpeed } from './engine/measure.ts'
import { parseArguments, usage, type Options } from './lib/arguments.ts'
import { createCleanup } from './lib/cleanup.ts'
import { report } from './report.ts'

export interface Result {
  readonly node: string
  readonly cpu: string
  readonly cores: number
  readonly options: Options
  readonly assessments: readonly Stage[]
  readonly engine: EngineSpeed | undefined
  readonly sizes: readonly Size[]
}

/** All parts together end by then, or are ended. */
const limitMinutes = 15
/** Enough that neighbours in time are different people, on different pages of the tables. */
const peopleCount = 500

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const cleanup = createCleanup()

const end = async (code: number, message?: string): Promise<never> => {
  if (message !== undefined) console.error(message)
  await cleanup.run()
  process.exit(code)
}

const progress = (text: string): void => {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`)
}

async function measureAssessments(options: Options): Promise<readonly Stage[]> {
  const people = await Promise.all(Array.from({ length: peopleCount }, (_, index) => createPerson(index)))
  const stages: Stage[] = []
  for (const store of options.stores) {
    for (const rows of options.rows) {
      stages.push(
        await measureStage(store, rows, people, options, cleanup, (text) =>
          progress(`${store}, ${rows} stored: ${text}`),
        ),
      )
    }
  }
  return stages
}

async function measureSizes(): Promise<readonly Size[]> {
  const dist = join(root, 'packages', 'browser', 'dist')
  if (!existsSync(join(dist, 'manifest.json'))) {
    throw new Error('The browser bundle is not built: start by `npm run bench`, which builds it.')
  }
  return sizes(dist, join(root, 'bench', 'size-budgets.json'))
}

async function run(options: Options): Promise<void> {
  const wants = (part: Options['parts'][number]): boolean => options.parts.includes(part)
  const result: Result = {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    options,
    sizes: wants('sizes') ? await measureSizes() : [],
    engine: wants('engine') ? measureEngine() : undefined,
    assessments: wants('assessments') ? await measureAssessments(options) : [],
  }
  console.log(report(result))
  if (options.json !== undefined) {
    const file = resolve(options.json)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, `${JSON.stringify(result, null, 2)}\n`)
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(130))
setTimeout(
  () =>
    void end(1, `The benchmark takes more than ${limitMinutes} minutes on this machine; run parts of it.`),
  limitMinutes * 60_000,
).unref()

let options: Options
try {
  options = parseArguments(process.argv.slice(2))
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  process.exit(2)
}
try {
  await run(options)
  await end(0)
} catch (error) {
  console.error(error)
  await end(1)
}
