import { existsSync, lstatSync, readFileSync, readdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PostgreSQL',
  'Python-2.0',
  'Unlicense',
  'Zlib',
])

/** Packages under other terms, each with the reason. None of them may reach what a published package installs. */
const exceptions: { name: RegExp; licence: string; reason: string }[] = [
  {
    name: /^lightningcss(-[\w-]+)?$/,
    licence: 'MPL-2.0',
    reason: 'comes with vite, which vitest runs on; it is run unchanged and never shipped',
  },
  {
    name: /^@img\/sharp-libvips-[\w-]+$/,
    licence: 'LGPL-3.0-or-later',
    reason:
      'an optional part of miniflare, which runs workerd in tests; it is never loaded there and never shipped',
  },
]

/** Packages whose newer or older versions changed their terms, whatever their licence field says. */
const bans: { name: string; bad: (major: number) => boolean; reason: string }[] = [
  {
    name: '@fingerprintjs/fingerprintjs',
    bad: (major) => major === 4,
    reason: 'version 4 is BSL 1.1; version 5 is MIT',
  },
  {
    name: 'ua-parser-js',
    bad: (major) => major >= 2,
    reason: 'version 2 is AGPL-3.0-or-later; bowser does this work',
  },
]

interface Manifest {
  name?: string
  version?: string
  license?: string | { type?: string }
  licenses?: { type?: string }[]
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

const read = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest

const licenceOf = ({ license, licenses }: Manifest): string =>
  (typeof license === 'string' ? license : license?.type) ??
  licenses?.map(({ type }) => type ?? '').join(' OR ') ??
  'none stated'

/** SPDX in the two forms that occur: one of several, all of several. */
const isAllowed = (licence: string): boolean => {
  const plain = licence.replace(/[()]/g, ' ').trim()
  if (/\sOR\s/.test(plain)) return plain.split(/\sOR\s/).some((part) => isAllowed(part))
  if (/\sAND\s/.test(plain)) return plain.split(/\sAND\s/).every((part) => isAllowed(part))
  return allowed.has(plain)
}

const packagesIn = (modules: string): string[] =>
  existsSync(modules)
    ? readdirSync(modules).flatMap((entry) =>
        entry.startsWith('.')
          ? []
          : entry.startsWith('@')
            ? readdirSync(join(modules, entry)).map((name) => join(entry, name))
            : [entry],
      )
    : []

/** Every package on disk: the store of pnpm holds each once, with links beside it to what it depends on. */
const installed = (root: string): string[] => {
  const store = join(root, 'node_modules', '.pnpm')
  if (!existsSync(store)) return []
  return readdirSync(store).flatMap((entry) => {
    const modules = join(store, entry, 'node_modules')
    return packagesIn(modules)
      .map((name) => join(modules, name))
      .filter((folder) => !lstatSync(folder).isSymbolicLink() && existsSync(join(folder, 'package.json')))
  })
}

const resolveFrom = (folder: string, name: string): string | undefined => {
  for (let place = folder; ; place = dirname(place)) {
    const candidate = join(place, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate)
    if (dirname(place) === place) return undefined
  }
}

/** What somebody who installs our published packages gets with them. */
const shipped = (root: string): Set<string> => {
  const seen = new Set<string>()
  const visit = (folder: string): void => {
    if (seen.has(folder)) return
    seen.add(folder)
    const { dependencies, optionalDependencies, peerDependencies } = read(folder)
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const target = resolveFrom(folder, name)
      if (target !== undefined) visit(target)
    }
  }
  const packages = join(root, 'packages')
  for (const name of existsSync(packages) ? readdirSync(packages) : []) {
    if (existsSync(join(packages, name, 'package.json'))) visit(realpathSync(join(packages, name)))
  }
  return seen
}

export interface Licences {
  problems: string[]
  count: number
}

/** Each installed package whose terms we do not take; `roots` are folders that were installed into. */
export const licences = (roots: string[]): Licences => {
  const problems: string[] = []
  let count = 0
  for (const root of roots) {
    const withUs = shipped(root)
    for (const folder of installed(root)) {
      const manifest = read(folder)
      const { name = folder, version = '0' } = manifest
      const licence = licenceOf(manifest)
      count += 1
      const ban = bans.find((entry) => entry.name === name && entry.bad(Number.parseInt(version, 10)))
      if (ban !== undefined) problems.push(`${name} ${version}: ${ban.reason}.`)
      if (isAllowed(licence)) continue
      const exception = exceptions.find((entry) => entry.name.test(name) && entry.licence === licence)
      if (exception === undefined) {
        problems.push(
          `${name} ${version}: licence ${licence} is not on the list (scripts/checks/licences.ts).`,
        )
      } else if (withUs.has(realpathSync(folder))) {
        problems.push(
          `${name} ${version}: ${licence} is excepted as a tool (${exception.reason}), but a published package depends on it.`,
        )
      }
    }
  }
  if (count === 0) problems.push('No installed package was found: the check saw nothing.')
  return { problems, count }
}
