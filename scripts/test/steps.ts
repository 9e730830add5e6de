import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packages } from '../build/packages.mjs'
import { dependencyRule } from '../checks/dependency-rule.ts'
import { hygiene } from '../checks/hygiene.ts'
import { licences } from '../checks/licences.ts'
import { overBudget, sizes } from '../checks/sizes.ts'
import { root } from '../lib/bootstrap.mjs'
import { findChromium } from '../lib/chromium.ts'
import { bin, execNode } from '../lib/exec.ts'

export interface Totals {
  passed: number
  failed: number
}

export interface Step {
  name: string
  what: string
  run: () => Promise<Totals>
}

/** One check: it passes when it finds nothing; otherwise what it found is shown, one line each. */
const check = (problems: string[]): Totals => {
  for (const problem of problems) console.error(`  ✗ ${problem}`)
  return problems.length === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

const sum = (parts: Totals[]): Totals =>
  parts.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed }), {
    passed: 0,
    failed: 0,
  })

/** A tool that says by its exit code whether all is well; what it printed matters only when it is not. */
const tool = async (script: string, args: string[]): Promise<Totals> => {
  const { code, output } = await execNode(script, args)
  if (code !== 0) console.error(output)
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  numFailedTestSuites: number
  success: boolean
  testResults: { name: string; status: string; assertionResults: unknown[] }[]
}

const vitest = async (projects: string[], env: Record<string, string> = {}): Promise<Totals> => {
  const folder = await mkdtemp(join(tmpdir(), 'newel-test-'))
  const report = join(folder, 'report.json')
  try {
    const { code } = await execNode(
      bin('vitest', 'vitest.mjs'),
      [
        'run',
        ...projects.map((name) => `--project=${name}`),
        '--reporter=dot',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ],
      { env, show: true },
    )
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    ) as VitestReport
    // A file that could not be loaded has no tests to fail, and a test left out has not passed.
    const unloadable = testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    )
    const leftOut = numPendingTests + numTodoTests
    if (leftOut > 0) console.error(`  ✗ ${leftOut} tests were left out; none may be.`)
    const failed = numFailedTests + unloadable.length + leftOut
    // Errors outside of any test: an unhandled rejection, a worker that died.
    return { passed: numPassedTests, failed: code !== 0 && failed === 0 ? 1 : failed }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const dist = join(root, 'packages', 'browser', 'dist')

export const steps: Step[] = [
  {
    name: 'format',
    what: 'every file is as prettier writes it',
    run: () => tool(bin('prettier', 'bin/prettier.cjs'), ['--check', '--log-level=warn', '.']),
  },
  {
    name: 'types',
    what: 'the compiler, over all packages and tests',
    run: () => tool(bin('typescript', 'bin/tsc'), ['-b']),
  },
  {
    name: 'lint',
    what: 'typed lint; in the engine, what is not exact on every runtime',
    run: () => tool(bin('eslint', 'bin/eslint.js'), ['--max-warnings=0', '.']),
  },
  {
    name: 'rules',
    what: 'who may import whom; no machine and no registry in the repository',
    run: async () => sum([check(dependencyRule(root)), check(hygiene(root))]),
  },
  {
    name: 'licences',
    what: 'the terms of every installed package',
    run: async () => {
      const { problems, count } = licences([root, join(root, 'test', 'runtimes')])
      console.log(`  ${count} packages`)
      return check(problems)
    },
  },
  {
    name: 'build',
    what: 'every package, with types',
    run: () => tool(join(root, 'scripts', 'build.ts'), ['--types']),
  },
  {
    name: 'sizes',
    what: 'what a page loads, after gzip',
    run: async () => {
      const measured = await sizes(dist, join(root, 'bench', 'size-budgets.json'))
      for (const { name, gzip, budget } of measured) {
        console.log(`  ${name.padEnd(14)} ${String(gzip).padStart(6)} of ${String(budget).padStart(6)} bytes`)
      }
      return sum(measured.map((size) => check(overBudget([size]))))
    },
  },
  {
    name: 'packed',
    what: 'the archives as npm would get them: publint, types, installed and imported in plain Node',
    run: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'newel-packed-'))
      try {
        const { archiveProblems, consume, packAll } = await import('../../test/packed/packed.ts')
        const archives = await packAll(packages(), folder)
        const parts: Totals[] = []
        for (const archive of archives) parts.push(check(await archiveProblems(archive)))
        for (const { problems } of await consume(archives, folder)) parts.push(check(problems))
        return sum(parts)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  },
  {
    name: 'unit',
    what: 'the tests of each package and of the checks',
    run: () => vitest(['unit', 'dom']),
  },
  {
    name: 'integration',
    what: 'what crosses packages: stores, HTTP, processes',
    run: () => vitest(['integration']),
  },
  {
    name: 'browser',
    what: 'the stories of a newcomer, in Chromium',
    run: () => vitest(['browser'], { CHROMIUM_PATH: findChromium() }),
  },
  {
    name: 'runtimes',
    what: 'one story on Node 22, 24 and 26, Deno, Bun and workerd',
    run: () => vitest(['runtimes']),
  },
]
