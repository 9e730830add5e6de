import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string
  readonly engines: { readonly node: string }
}

/** Version of this package. */
export const { version } = manifest

/** Oldest Node that this package runs on, such as `22.13`. */
export const oldestNode = manifest.engines.node.replace('>=', '')

/** Whether a Node of this version, such as `22.13.1`, is too old: it has no `node:sqlite`. */
export function isTooOld(node: string): boolean {
  const [major = 0, minor = 0] = node.split('.').map(Number)
  const [leastMajor = 0, leastMinor = 0] = oldestNode.split('.').map(Number)
  return major < leastMajor || (major === leastMajor && minor < leastMinor)
}
