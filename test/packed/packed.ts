import { readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import type { Package } from '../../scripts/build/packages.mjs'
import { root } from '../../scripts/lib/bootstrap.mjs'
import { exec, execNode, execPnpm } from '../../scripts/lib/exec.ts'

/** A package as npm would get it. */
export interface Archive {
  pkg: Package
  path: string
}

export interface Consumed {
  what: string
  problems: string[]
}

export const packAll = async (all: Package[], folder: string): Promise<Archive[]> => {
  const { code, output } = await execPnpm(['--filter=./packages/*', 'pack', '--pack-destination', folder])
  if (code !== 0) throw new Error(`The packages could not be packed:\n${output}`)
  return all.map((pkg) => {
    const { name, version } = pkg.manifest as { name: string; version: string }
    return { pkg, path: join(folder, `${name.slice(1).replace('/', '-')}-${version}.tgz`) }
  })
}

/** What publint and are-the-types-wrong hold against an archive. */
export const archiveProblems = async ({ pkg, path }: Archive): Promise<string[]> => {
  const bytes = await readFile(path)
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const { messages, pkg: manifest } = await publint({ pack: { tarball }, level: 'warning', strict: true })
  const fromPublint = messages.map(
    (message) => `publint: ${formatMessage(message, manifest, { color: false }) ?? message.code}`,
  )
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)))
  const fromTypes = !analysis.types
    ? ['types: the archive has none.']
    : analysis.problems
        // The packages are ES modules alone: CommonJS before `require(esm)` and resolution of 2012 are not promised.
        .filter(
          (problem) =>
            !('resolutionKind' in problem) || !['node10', 'node16-cjs'].includes(problem.resolutionKind),
        )
        .map((problem) => `types: ${problem.kind} ${JSON.stringify(problem)}`)
  return [...fromPublint, ...fromTypes].map((problem) => `@newel/${pkg.name}: ${problem}`)
}

const specifiers = ({ manifest }: Package): string[] => {
  const { name, exports } = manifest as { name: string; exports: Record<string, unknown> }
  return Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => name + path.slice(1))
}

/** Imports one entry and says what it exports; for the browser, under globals that must not be touched meanwhile. */
const importScript = `
const [specifier, untouched] = process.argv.slice(2)
if (untouched !== undefined) {
  for (const name of untouched.split(',')) {
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get() { throw new Error('the import touches the global ' + name) },
    })
  }
}
const before = new Set(Reflect.ownKeys(globalThis).map(String))
const names = Object.keys(await import(specifier))
// Node itself keeps its fetch under a symbol, from when something first names it.
const added = Reflect.ownKeys(globalThis).map(String).filter((name) => !before.has(name) && !name.startsWith('Symbol(undici.'))
if (names.length === 0) throw new Error('it exports nothing')
if (added.length > 0) throw new Error('the import adds the globals ' + added.join(', '))
`

const pageGlobals = [
  ...[
    'window',
    'self',
    'document',
    'navigator',
    'location',
    'history',
    'screen',
    'localStorage',
    'sessionStorage',
  ],
  ...['indexedDB', 'customElements', 'HTMLElement', 'Worker', 'fetch', 'crypto', 'performance'],
]

const versionOf = (name: string, from = root): string =>
  (JSON.parse(readFileSync(join(from, 'node_modules', name, 'package.json'), 'utf8')) as { version: string })
    .version

/** Installs the archives into a folder of their own, outside the workspace, and uses them as a stranger would. */
export const consume = async (archives: Archive[], folder: string): Promise<Consumed[]> => {
  const app = join(folder, 'app')
  await mkdir(app)
  const files = Object.fromEntries(archives.map(({ pkg, path }) => [`@newel/${pkg.name}`, `file:${path}`]))
  const peers = {
    hono: versionOf('hono', join(root, 'test')),
    express: versionOf('express', join(root, 'test')),
    pg: versionOf('pg', join(root, 'test')),
  }
  const compilers = { typescript: versionOf('typescript'), 'typescript-next': 'npm:typescript@7.0.2' }
  const types = {
    '@types/node': versionOf('@types/node'),
    '@types/express': versionOf('@types/express', join(root, 'test')),
    '@types/pg': versionOf('@types/pg', join(root, 'test')),
  }
  await writeFile(
    join(app, 'package.json'),
    JSON.stringify({
      name: 'app',
      private: true,
      type: 'module',
      dependencies: { ...files, ...peers, ...types, ...compilers },
    }),
  )
  await writeFile(join(app, 'pnpm-workspace.yaml'), JSON.stringify({ packages: [], overrides: files }))
  const { code, output } = await execPnpm(['install', '--prefer-offline', '--no-frozen-lockfile'], {
    cwd: app,
  })
  if (code !== 0) throw new Error(`The archives could not be installed:\n${output}`)

  await writeFile(join(app, 'import.mjs'), importScript)
  const entries = archives.flatMap(({ pkg }) =>
    specifiers(pkg).map((specifier) => ({ specifier, page: pkg.name === 'browser' })),
  )
  const results: Consumed[] = []
  for (const { specifier, page } of entries) {
    const run = await execNode(
      join(app, 'import.mjs'),
      [specifier, ...(page ? [pageGlobals.join(',')] : [])],
      { cwd: app },
    )
    results.push({
      what: `import ${specifier}`,
      problems: run.code === 0 ? [] : [`import '${specifier}' in plain Node: ${run.output.trim()}`],
    })
  }

  // The published types, whole, with the compiler of the workspace and with the next one.
  const names = entries.map((_, index) => `m${index}`)
  await writeFile(
    join(app, 'types.ts'),
    `${entries.map(({ specifier }, index) => `import * as m${index} from '${specifier}'`).join('\n')}\nexport const all = [${names.join(', ')}]\n`,
  )
  for (const [compiler, module] of [
    ['typescript', 'nodenext'],
    ['typescript-next', 'nodenext'],
    ['typescript-next', 'bundler'],
  ] as const) {
    const resolution =
      module === 'bundler'
        ? ['--module', 'esnext', '--moduleResolution', 'bundler']
        : ['--module', 'nodenext']
    const run = await exec(
      process.execPath,
      [
        join(app, 'node_modules', compiler, 'bin', 'tsc'),
        '--noEmit',
        '--strict',
        '--exactOptionalPropertyTypes',
        '--skipLibCheck',
        'false',
        '--target',
        'es2022',
        '--lib',
        'es2022,dom,dom.iterable',
        '--types',
        'node',
        ...resolution,
        'types.ts',
      ],
      { cwd: app },
    )
    results.push({
      what: `types with ${compiler}, ${module}`,
      problems:
        run.code === 0 ? [] : [`the published types with ${compiler} (${module}):\n${run.output.trim()}`],
    })
  }
  return results
}
