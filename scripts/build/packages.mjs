// What there is to build, read from the manifests: an entry is what `exports` or `bin` names.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../lib/bootstrap.mjs'

/**
 * @typedef {object} Package
 * @property {string} name folder under `packages`
 * @property {string} folder absolute
 * @property {Record<string, unknown>} manifest
 * @property {Record<string, string>} entries output name without extension → absolute source
 */

/** @returns {Package[]} */
export const packages = () =>
  readdirSync(join(root, 'packages'))
    .filter((name) => existsSync(join(root, 'packages', name, 'package.json')))
    .sort()
    .map((name) => describePackage(join(root, 'packages', name), name))

/** @returns {Package} */
const describePackage = (folder, name) => {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const sources = [
    ...Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [] : [target['newel-source']],
    ),
    ...Object.values(manifest.bin ?? {}).map((path) =>
      path.replace('./dist/', './src/').replace(/\.js$/, '.ts'),
    ),
  ]
  const entries = Object.fromEntries(
    sources.map((source) => [relative('src', source).replace(/\.ts$/, ''), join(folder, source)]),
  )
  return { name, folder, manifest, entries }
}
