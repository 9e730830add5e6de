/**
 * Builds packages into their `dist`: `node scripts/build.ts [--types] [package …]`.
 * A package whose inputs are unchanged since its last build is left alone.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { rollup } from 'rollup'
import type { OutputOptions } from 'rollup'
import { configsOf } from '../rollup.config.mjs'
import { packages } from './build/packages.mjs'
import { root } from './lib/bootstrap.mjs'
import { bin, execNode } from './lib/exec.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { types: { type: 'boolean', default: false } },
})

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

const hashOf = (files: string[]): string => {
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${relative(root, file)}\n`).update(readFileSync(file))
  return hash.digest('hex')
}

const tooling = [
  join(root, 'rollup.config.mjs'),
  join(root, 'pnpm-lock.yaml'),
  join(root, 'scripts', 'build.ts'),
  ...filesUnder(join(root, 'scripts', 'build')),
]

/** The declarations of sources that still exist: the compiler does not remove those of deleted ones. */
const declarationsOf = (folder: string): string[] => {
  const types = join(folder, '.cache', 'types')
  return filesUnder(types).filter(
    (file) =>
      file.endsWith('.d.ts') &&
      existsSync(join(folder, 'src', relative(types, file).replace(/\.d\.ts$/, '.ts'))),
  )
}

/** Declarations say `./x.ts`, as the sources do; beside the built files stands `./x.js`. */
const copyDeclarations = (folder: string, target: string): void => {
  for (const file of declarationsOf(folder)) {
    const text = readFileSync(file, 'utf8').replace(/(['"])(\.{1,2}\/[^'"]*)\.ts\1/g, '$1$2.js$1')
    const out = join(target, relative(join(folder, '.cache', 'types'), file))
    mkdirSync(dirname(out), { recursive: true })
    writeFileSync(out, text)
  }
}

interface Stamp {
  code: string
  declarations: string | undefined
}

const wanted = packages().filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const unknown = positionals.filter((name) => !wanted.some((pkg) => pkg.name === name))
if (unknown.length > 0) {
  console.error(`There is no package ${unknown.join(', ')} under packages/.`)
  process.exit(2)
}

if (values.types) {
  const projects = wanted
    .flatMap(({ folder }) => ['tsconfig.json', 'tsconfig.node.json'].map((name) => join(folder, name)))
    .filter((path) => existsSync(path))
  const { code } = await execNode(bin('typescript', 'bin/tsc'), ['-b', ...projects], { show: true })
  if (code !== 0) process.exit(code)
}

for (const pkg of wanted) {
  const started = performance.now()
  const stamp = join(pkg.folder, '.cache', 'build.json')
  const dist = join(pkg.folder, 'dist')
  const code = hashOf([...filesUnder(join(pkg.folder, 'src')), join(pkg.folder, 'package.json'), ...tooling])
  const declarations = values.types ? hashOf(declarationsOf(pkg.folder)) : undefined
  const last = existsSync(stamp) ? (JSON.parse(readFileSync(stamp, 'utf8')) as Stamp) : undefined
  const current = last?.code === code && (declarations === undefined || last.declarations === declarations)
  if (current && existsSync(dist)) continue

  // Written aside and moved into place, so that whoever reads `dist` meanwhile sees one build or the other.
  const next = join(pkg.folder, '.cache', 'dist')
  rmSync(next, { recursive: true, force: true })
  try {
    for (const { output, ...input } of configsOf(pkg, () => next)) {
      const bundle = await rollup(input)
      await bundle.write(output as OutputOptions)
      await bundle.close()
    }
  } catch (error) {
    console.error(
      `@newel/${pkg.name} could not be built: ${error instanceof Error ? error.message : String(error)}`,
    )
    process.exit(1)
  }
  if (values.types) copyDeclarations(pkg.folder, next)
  rmSync(dist, { recursive: true, force: true })
  renameSync(next, dist)
  writeFileSync(stamp, `${JSON.stringify({ code, declarations } satisfies Stamp)}\n`)
  console.log(`built @newel/${pkg.name} in ${((performance.now() - started) / 1000).toFixed(1)} s`)
}
