import { join } from 'node:path'
import { build, type Rollup } from 'vite'

const folder = import.meta.dirname

/** Where a bundle runs: which conditions its dependencies are taken under. */
export type Flavour = 'node' | 'deno' | 'bun' | 'workerd'

const conditions: Record<Flavour, readonly string[]> = {
  node: ['node'],
  deno: ['deno', 'node'],
  bun: ['bun', 'node'],
  workerd: ['workerd', 'worker', 'browser'],
}

export interface Bundle {
  readonly file: string
  /** Every module that it still imports, sorted. */
  readonly imports: readonly string[]
}

/** What code imports, read from the code: the bundler's own list keeps names whose import it has dropped. */
const importsOf = (code: string): string[] =>
  [...code.matchAll(/^(?:import|export)\b[^'"\n]*["']([^"'\n]+)["'];?$|\bimport\(\s*["']([^"']+)["']/gm)].map(
    ([, fixed, dynamic]) => fixed ?? dynamic ?? '',
  )

const isChunk = (output: Rollup.OutputChunk | Rollup.OutputAsset): output is Rollup.OutputChunk =>
  output.type === 'chunk'

/**
 * One file of a source and all it needs, dependencies included, as the runtime would resolve them: made from sources, so
 * that no build has to be there first.
 */
export async function bundle(source: string, flavour: Flavour): Promise<Bundle> {
  const name = `${flavour}.js`
  const outDir = join(folder, '.cache')
  const result = await build({
    configFile: false,
    root: folder,
    logLevel: 'error',
    ssr: {
      noExternal: true,
      target: flavour === 'workerd' ? 'webworker' : 'node',
      resolve: { conditions: ['newel-source', ...conditions[flavour], 'module', 'import', 'default'] },
    },
    build: {
      ssr: source,
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      minify: false,
      rolldownOptions: {
        external: /^node:/,
        output: { entryFileNames: name, codeSplitting: false },
      },
    },
  })
  const chunks = [result].flat().flatMap((each) => ('output' in each ? each.output.filter(isChunk) : []))
  const imports = new Set(chunks.flatMap(({ code }) => importsOf(code)))
  return { file: join(outDir, name), imports: [...imports].sort() }
}
