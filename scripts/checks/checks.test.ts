import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Linter } from 'eslint'
import tseslint from 'typescript-eslint'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { determinism } from '../lint/determinism.mjs'
import { dependencyRule } from './dependency-rule.ts'
import { hygiene } from './hygiene.ts'
import { licences } from './licences.ts'
import { overBudget, sizes } from './sizes.ts'

// A check that cannot fail says nothing: each is shown here what it is there to find.

let root: string

const put = async (files: Record<string, string>): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'newel-checks-'))
})

afterEach(() => rm(root, { recursive: true, force: true }))

describe('dependency rule', () => {
  const judge = async (file: string, source: string, manifest: object = {}): Promise<string[]> => {
    const name = file.split('/')[1] ?? ''
    await put({ [`packages/${name}/package.json`]: JSON.stringify(manifest), [file]: source })
    return dependencyRule(root)
  }
  const needs = (...names: string[]) => ({
    dependencies: Object.fromEntries(names.map((name) => [name, '*'])),
  })

  test.each([
    ['an arrow that points back', 'packages/protocol/src/index.ts', `import { x } from '@newel/engine'`],
    [
      'the server that names a store',
      'packages/server/src/index.ts',
      `import { memoryStore } from '@newel/stores'`,
    ],
    ['a sub-path of it', 'packages/server/src/index.ts', `export { d1 } from '@newel/stores/d1'`],
    ['a dynamic import of it', 'packages/server/src/index.ts', `const s = await import('@newel/stores')`],
    [
      'the type of an import expression',
      'packages/server/src/index.ts',
      `let s: import('@newel/stores').Store`,
    ],
    ['a relative way out', 'packages/server/src/index.ts', `import '../../stores/src/index.ts'`],
    ['a package that imports itself', 'packages/engine/src/a.ts', `import '@newel/engine'`],
  ])('finds %s', async (_, file, source) => {
    const problems = await judge(file, source, needs('@newel/engine', '@newel/stores'))
    expect(problems.filter((problem) => problem.startsWith(`${file}:1: `))).toHaveLength(1)
  })

  test.each(['browser', 'guard'])('lets %s import types of the protocol, and no value', async (name) => {
    const file = `packages/${name}/src/index.ts`
    const manifest = needs('@newel/protocol')
    expect(
      await judge(file, `import type { Acr } from '@newel/protocol'\nexport type { Acr }`, manifest),
    ).toEqual([])
    expect(await judge(file, `import { type Acr } from '@newel/protocol'`, manifest)).toHaveLength(1)
    expect(await judge(file, `import { acr } from '@newel/protocol'`, manifest)).toHaveLength(1)
    expect(await judge(file, `export * from '@newel/protocol'`, manifest)).toHaveLength(1)
  })

  test('keeps what only Node has in the entries for Node', async () => {
    expect(await judge('packages/server/src/routes/a.ts', `import { readFile } from 'node:fs'`)).toHaveLength(
      1,
    )
    expect(await judge('packages/server/src/routes/a.ts', `import { readFile } from 'fs'`)).toHaveLength(1)
    expect(await judge('packages/server/src/routes/a.ts', '')).toEqual([])
    expect(await judge('packages/server/src/node.ts', `import { readFile } from 'node:fs'`)).toEqual([])
  })

  test('lets the engine import the protocol and the schema library alone', async () => {
    const manifest = needs('@newel/protocol', 'valibot', 'jose')
    const source = (name: string) => `import * as x from '${name}'`
    expect(await judge('packages/engine/src/index.ts', source('@newel/protocol'), manifest)).toEqual([])
    expect(await judge('packages/engine/src/index.ts', source('valibot'), manifest)).toEqual([])
    expect(await judge('packages/engine/src/index.ts', source('jose'), manifest)).toHaveLength(1)
  })

  test('finds what the manifest does not name, or names against the table', async () => {
    expect(await judge('packages/server/src/index.ts', `import 'hono'`)).toHaveLength(1)
    expect(await judge('packages/server/src/index.ts', `import 'hono/cors'`, needs('hono'))).toEqual([])
    expect(await judge('packages/server/src/index.ts', '', needs('@newel/stores'))).toHaveLength(1)
  })

  test('asks for a line in the table for a package that it does not know', async () => {
    expect(await judge('packages/other/src/index.ts', '')).toEqual([
      expect.stringContaining('packages/other'),
    ])
  })
})

describe('licences', () => {
  const install = (name: string, manifest: object) =>
    put({
      [`node_modules/.pnpm/${name.replace('/', '+')}@1/node_modules/${name}/package.json`]: JSON.stringify({
        name,
        ...manifest,
      }),
    })

  test.each(['MIT', '(MIT OR GPL-3.0-only)', '(MIT AND Zlib)', 'Apache-2.0'])('takes %s', async (license) => {
    await install('@some/thing', { version: '1.0.0', license })
    expect(licences([root])).toEqual({ problems: [], count: 1 })
  })

  test.each(['AGPL-3.0-or-later', 'BUSL-1.1', '(MIT AND GPL-3.0-only)', 'SEE LICENSE IN LICENSE', undefined])(
    'refuses %s',
    async (license) => {
      await install('thing', { version: '1.0.0', license })
      expect(licences([root]).problems).toEqual([expect.stringContaining('thing 1.0.0')])
    },
  )

  test('refuses versions whose terms changed, whatever their manifest says', async () => {
    await install('@fingerprintjs/fingerprintjs', { version: '4.6.2', license: 'MIT' })
    await install('ua-parser-js', { version: '2.0.10', license: 'MIT' })
    expect(licences([root]).problems).toHaveLength(2)
  })

  test('a tool under other terms may not reach a published package', async () => {
    await install('lightningcss', { version: '1.0.0', license: 'MPL-2.0' })
    expect(licences([root]).problems).toEqual([])
    await put({
      'packages/server/package.json': JSON.stringify({
        name: '@newel/server',
        dependencies: { lightningcss: '*' },
      }),
    })
    await mkdir(join(root, 'packages/server/node_modules'))
    await symlink(
      join(root, 'node_modules/.pnpm/lightningcss@1/node_modules/lightningcss'),
      join(root, 'packages/server/node_modules/lightningcss'),
    )
    expect(licences([root]).problems).toEqual([expect.stringContaining('a published package depends on it')])
  })

  test('seeing nothing is a failure', () => {
    expect(licences([root]).problems).toHaveLength(1)
  })
})

describe('sizes', () => {
  const noise = (length: number): string => {
    // Digits without a pattern, so that gzip cannot fold them: a linear congruence with its low bits dropped.
    let state = 1
    return Array.from({ length }, () => String((state = (state * 48271) % 2147483647) >> 8)).join('')
  }
  const budgets = (gzip: number) =>
    JSON.stringify({
      budgets: [
        { name: 'core', gzip, what: 'the entry' },
        { name: 'prompt', chunk: 'prompt', gzip, what: 'a chunk' },
        { name: 'minimal', import: `import { a } from '@newel/browser'; a()`, gzip, what: 'one import' },
        {
          name: 'full',
          import: `export * from '@newel/browser'`,
          everything: true,
          gzip,
          what: 'everything',
        },
        { name: 'bare', import: `import '@newel/browser'`, gzip, what: 'nothing' },
      ],
    })

  beforeEach(() =>
    put({
      'dist/index.js': `export const a = () => import('./prompt.js'); export const b = () => '${noise(40)}'`,
      'dist/prompt.js': `export const p = '${noise(200)}'`,
      'dist/manifest.json': JSON.stringify({
        files: [
          { file: 'index.js', name: 'index', entry: true, gzip: 300, imports: [], lazy: ['prompt.js'] },
          { file: 'prompt.js', name: 'prompt', entry: false, gzip: 900, imports: ['index.js'], lazy: [] },
        ],
      }),
    }),
  )

  const measure = async (gzip: number) => {
    await put({ 'budgets.json': budgets(gzip) })
    return sizes(join(root, 'dist'), join(root, 'budgets.json'))
  }

  test('weighs the entry, a chunk without the entry, and what an application bundles', async () => {
    const measured = Object.fromEntries((await measure(10_000)).map(({ name, gzip }) => [name, gzip]))
    expect(measured['core']).toBe(300)
    expect(measured['prompt']).toBe(900)
    expect(measured['bare']).toBeLessThan(30)
    expect(measured['minimal']).toBeLessThan(200)
    expect(measured['full']).toBeGreaterThan(800)
  })

  test('fails each import that is heavier than its budget, and no other', async () => {
    expect(overBudget(await measure(10_000))).toEqual([])
    expect(overBudget(await measure(500)).map((problem) => problem.split(' ')[0])).toEqual(['prompt', 'full'])
  })

  test('a chunk that is gone is an error, not a weight of nothing', async () => {
    await put({
      'dist/manifest.json': JSON.stringify({
        files: [{ file: 'index.js', name: 'index', entry: true, gzip: 1, imports: [], lazy: [] }],
      }),
    })
    await expect(measure(10_000)).rejects.toThrow('No lazy chunk is called prompt')
  })
})

describe('hygiene', () => {
  test.each([
    ['README.md', ['https://registry', 'npmjs', 'org/x'].join('.')],
    ['a.ts', `const path = '${['', 'root', 'main'].join('/')}'`],
    ['a.md', `run it in ${['', 'tmp', 'x'].join('/')}`],
    ['pnpm-lock.yaml', '    resolution: {tarball: x.tgz}'],
  ])('finds it in %s', async (file, text) => {
    await put({ [file]: `fine\n${text}\n` })
    expect(hygiene(root, [file])).toEqual([expect.stringMatching(`^${file.replace('.', '\\.')}:2 `)])
  })

  test('leaves routes and addresses alone', async () => {
    // Put together here, or a search for such paths would find this line.
    await put({
      'a.ts': `fetch('/v1/signals'); fetch('https://bank.example/${['root', 'x'].join('/')}'); go('/home')`,
    })
    expect(hygiene(root, ['a.ts'])).toEqual([])
  })
})

describe('lint of the engine', () => {
  const lint = (source: string, filename = 'packages/engine/src/a.ts'): number =>
    new Linter({ configType: 'flat' }).verify(
      source,
      [{ files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } }, determinism] as Linter.Config[],
      { filename },
    ).length

  test.each([
    'Date.now()',
    'new Date()',
    'Date()',
    'Math.random()',
    'Math.exp(1)',
    'Math.log(2)',
    'Math.pow(2, 3)',
    'Math.log1p(2)',
    'Math.hypot(1, 2)',
    'Math.PI',
    "Math['exp'](1)",
    'const { exp } = Math',
    'const m = Math',
    'use(Math)',
    '2 ** 3',
    'x **= 2',
    'x.toLocaleString()',
    'x.toLocaleUpperCase()',
    'a.localeCompare(b)',
    'new Intl.NumberFormat()',
    'performance.now()',
    'crypto.getRandomValues(x)',
    'globalThis.Math.exp(1)',
  ])('refuses %s', (source) => {
    expect(lint(source)).toBeGreaterThan(0)
  })

  test.each(['abs', 'floor', 'ceil', 'round', 'trunc', 'sqrt', 'min', 'max', 'imul', 'clz32', 'sign'])(
    'takes Math.%s',
    (name) => {
      expect(lint(`Math.${name}(1, 2)`)).toBe(0)
    },
  )

  test('takes a date made from a given instant, and leaves other packages alone', () => {
    expect(lint('new Date(0).getUTCDay()')).toBe(0)
    expect(lint('Math.random()', 'packages/server/src/a.ts')).toBe(0)
  })
})
