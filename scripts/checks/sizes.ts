import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rollup } from 'rollup'
import type { OutputChunk } from 'rollup'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import { minify } from 'terser'

interface Budget {
  name: string
  /** Most bytes after gzip. */
  gzip: number
  what: string
  /** A lazy chunk, with what it loads beside the core; without it, the entry. */
  chunk?: string
  /** An application's import, bundled and minified the way an application does it. */
  import?: string
  /** Lazy chunks count too. */
  everything?: boolean
  manifest?: string
}

interface BuiltFile {
  file: string
  name: string
  entry: boolean
  gzip: number
  imports: string[]
  lazy: string[]
}

export interface Size {
  name: string
  what: string
  gzip: number
  budget: number
}

const byFile = (files: BuiltFile[]) => new Map(files.map((file) => [file.file, file]))

/** A file with everything that it imports at once. */
const closure = (files: BuiltFile[], start: string, seen = new Set<string>()): Set<string> => {
  if (seen.has(start)) return seen
  seen.add(start)
  for (const next of byFile(files).get(start)?.imports ?? []) closure(files, next, seen)
  return seen
}

const weigh = (files: BuiltFile[], names: Iterable<string>): number =>
  [...names].reduce((sum, name) => sum + (byFile(files).get(name)?.gzip ?? 0), 0)

const sizeOfBuilt = (
  dist: string,
  { chunk, manifest = 'manifest.json' }: Budget,
  budgets: Budget[],
): number => {
  const { files } = JSON.parse(readFileSync(join(dist, manifest), 'utf8')) as { files: BuiltFile[] }
  const entry = files.find((file) => file.entry && (file.name === 'index' || file.name === 'newel'))
  if (entry === undefined) throw new Error(`${manifest} lists no entry.`)
  const core = closure(files, entry.file)
  if (chunk === undefined) return weigh(files, core)
  const lazy = files.filter((file) => !file.entry)
  const start = lazy.find((file) => file.name === chunk)
  if (start === undefined) {
    throw new Error(
      `No lazy chunk is called ${chunk}; there are: ${lazy.map(({ name }) => name).join(', ') || 'none'}.`,
    )
  }
  // What two chunks share may stand in one of them; it is weighed there, under that chunk's own budget.
  const elsewhere = new Set(budgets.map((budget) => budget.chunk).filter((name) => name !== chunk))
  return weigh(
    files,
    [...closure(files, start.file)].filter((name) => {
      const file = byFile(files).get(name)
      return file !== undefined && !core.has(name) && !elsewhere.has(file.name)
    }),
  )
}

const virtual = '\0application'

const sizeOfImport = async (dist: string, source: string, everything: boolean): Promise<number> => {
  const bundle = await rollup({
    input: virtual,
    plugins: [
      {
        name: 'application',
        resolveId: (id) => (id === virtual ? id : id === '@newel/browser' ? join(dist, 'index.js') : null),
        load: (id) => (id === virtual ? source : null),
      },
      nodeResolve({ browser: true }),
    ],
    onwarn: (warning) => {
      // An import of which nothing is used leaves nothing: that is one of the things weighed here.
      if (warning.code !== 'EMPTY_BUNDLE') throw new Error(warning.message)
    },
    // Our package says of itself that importing it does nothing; the file is named directly here, so this repeats it.
    treeshake: { moduleSideEffects: (id) => id === virtual },
  })
  const { output } = await bundle.generate({ format: 'es' })
  await bundle.close()
  const chunks = output.filter((file): file is OutputChunk => file.type === 'chunk')
  const first = new Set<string>()
  const follow = (name: string): void => {
    if (first.has(name)) return
    first.add(name)
    for (const next of chunks.find((chunk) => chunk.fileName === name)?.imports ?? []) follow(next)
  }
  for (const chunk of chunks) if (chunk.isEntry) follow(chunk.fileName)
  let total = 0
  for (const chunk of chunks) {
    if (!everything && !first.has(chunk.fileName)) continue
    const { code = '' } = await minify(chunk.code, { module: true })
    // gzip of nothing is 20 bytes of frame.
    total += code === '' ? 0 : gzipSync(code, { level: 9 }).length
  }
  return total
}

/** What the browser loads, in bytes after gzip, beside what it may. */
export const sizes = async (dist: string, budgetFile: string): Promise<Size[]> => {
  const { budgets } = JSON.parse(readFileSync(budgetFile, 'utf8')) as { budgets: Budget[] }
  const measured: Size[] = []
  for (const budget of budgets) {
    const gzip =
      budget.import === undefined
        ? sizeOfBuilt(dist, budget, budgets)
        : await sizeOfImport(dist, budget.import, budget.everything ?? false)
    measured.push({ name: budget.name, what: budget.what, gzip, budget: budget.gzip })
  }
  return measured
}

export const overBudget = (measured: Size[]): string[] =>
  measured
    .filter(({ gzip, budget }) => gzip > budget)
    .map(
      ({ name, gzip, budget, what }) =>
        `${name} (${what}) weighs ${gzip} bytes after gzip; ${budget} are allowed.`,
    )
