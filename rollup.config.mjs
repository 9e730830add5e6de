import { nodeResolve } from '@rollup/plugin-node-resolve'
import { join, relative } from 'node:path'
import { manifest } from './scripts/build/manifest.mjs'
import { minify } from './scripts/build/minify.mjs'
import { notices } from './scripts/build/notices.mjs'
import { packages } from './scripts/build/packages.mjs'
import { scriptTag, scriptTagOutput } from './scripts/build/script-tag.mjs'
import { typescript } from './scripts/build/typescript.mjs'

/** A warning of the bundler is a defect of the bundle: it ends the build. */
const onwarn = (warning) => {
  throw new Error(`${warning.code ?? 'rollup'}: ${warning.message}`)
}

/** Everything but our own files stays an import: the reader's package manager resolves it, and keeps it patched. */
const library = ({ folder, entries }, outDir) => ({
  input: entries,
  external: (id) => !id.startsWith('.') && !id.startsWith('/') && !/^[a-z]:\\/i.test(id),
  plugins: [typescript()],
  onwarn,
  output: {
    dir: outDir(folder),
    format: 'es',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    hoistTransitiveImports: false,
  },
})

const chunkName = (folder) => (chunk) => {
  if (!chunk.isDynamicEntry) return 'shared'
  // `methods/passkey.ts` gives `passkey`, `prompt/index.ts` gives `prompt`, a package gives its name.
  const id = chunk.facadeModuleId ?? chunk.moduleIds.at(-1)
  const parts = relative(folder, id).split(/[\\/]/)
  const index = parts.lastIndexOf('node_modules')
  const last = parts.at(-1).replace(/\.\w+$/, '')
  return index >= 0 ? parts[index + 2] : last === 'index' ? parts.at(-2) : last
}

/** The page has no package manager: both forms carry what they need, minified, and load the rest when it is used. */
const forBrowsers = ({ folder, entries }, outDir) => {
  const plugins = [nodeResolve({ browser: true }), typescript()]
  const common = { dir: outDir(folder), hoistTransitiveImports: false }
  const named = (prefix) => (chunk) => `${prefix}${chunkName(folder)(chunk)}-[hash].js`
  return [
    {
      input: entries,
      plugins,
      onwarn,
      output: {
        ...common,
        format: 'es',
        entryFileNames: '[name].js',
        chunkFileNames: named('chunks/'),
        plugins: [minify(), notices(), manifest('manifest.json', chunkName(folder))],
        sourcemap: true,
      },
    },
    {
      input: { newel: join(folder, 'src', 'iife.ts') },
      plugins,
      onwarn,
      preserveEntrySignatures: 'allow-extension',
      output: {
        ...common,
        ...scriptTagOutput,
        chunkFileNames: named('newel.'),
        plugins: [scriptTag(), minify(), manifest('manifest.iife.json', chunkName(folder))],
      },
    },
  ]
}

const inDist = (folder) => join(folder, 'dist')

/**
 * The builds of one package; `outDir` says where they are written.
 * @param {import('./scripts/build/packages.mjs').Package} pkg
 * @param {(folder: string) => string} [outDir]
 * @returns {import('rollup').RollupOptions[]}
 */
export const configsOf = (pkg, outDir = inDist) =>
  pkg.name === 'browser' ? forBrowsers(pkg, outDir) : [library(pkg, outDir)]

export default packages().flatMap((pkg) => configsOf(pkg))
