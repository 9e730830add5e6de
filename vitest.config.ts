import { defineConfig } from 'vitest/config'

// Packages are tested against their sources: this condition stands first in every `exports` of ours.
const source = 'newel-source'

/** For what starts processes and databases: a machine may have other things to do. A hang still ends. */
const patient = { testTimeout: 60_000, hookTimeout: 120_000 }

const project = (
  name: string,
  include: string[],
  more: Partial<typeof patient> & {
    exclude?: string[]
    environment?: string
    fileParallelism?: boolean
  } = {},
) => ({
  extends: true as const,
  test: { name, include, ...more, exclude: ['**/node_modules/**', '**/dist/**', ...(more.exclude ?? [])] },
})

export default defineConfig({
  resolve: { conditions: [source, 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: [source, 'module', 'node', 'development|production'] } },
  test: {
    allowOnly: false,
    retry: 0,
    maxWorkers: 2,
    projects: [
      project('unit', ['packages/*/{src,test}/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'], {
        exclude: ['packages/browser/**'],
      }),
      project('dom', ['packages/browser/{src,test}/**/*.test.ts'], { environment: 'happy-dom' }),
      project('integration', ['test/**/*.test.ts', 'examples/**/*.test.ts'], {
        ...patient,
        exclude: ['test/browser/**', 'test/runtimes/**'],
      }),
      // One Chromium at a time: two would fight for the two cores and make timings say nothing.
      project('browser', ['test/browser/**/*.test.ts'], { fileParallelism: false }),
      // Needs runtimes that are installed apart from the workspace.
      project('runtimes', ['test/runtimes/**/*.test.ts'], { ...patient, fileParallelism: false }),
    ],
  },
})
