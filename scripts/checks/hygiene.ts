import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

// Put together here, so that this file does not find itself.
const hosts = [
  ['registry', 'npmjs', 'org'],
  ['registry', 'yarnpkg', 'com'],
  ['npm', 'pkg', 'github', 'com'],
  ['registry', 'npmmirror', 'com'],
].map((labels) => labels.join('.'))
const machineFolders = ['work', 'root', 'home', 'Users'].join('|')

const rules: { pattern: RegExp; problem: string }[] = [
  {
    pattern: new RegExp(hosts.map((host) => host.replaceAll('.', '\\.')).join('|')),
    problem: 'names a package registry',
  },
  {
    // A path from the file system's root, not a part of a URL or of a longer path.
    pattern: new RegExp(
      `(?:^|[\\s"'\`(=:,\\[])(?:/(?:${machineFolders})/\\w|/tmp/\\w|[A-Z]:\\\\Users\\\\)`,
      'm',
    ),
    problem: 'holds a path of one machine',
  },
]

const lockfileRule = { pattern: /\b(?:tarball|resolved):/, problem: 'records where a package was fetched' }

const tracked = (root: string): string[] =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((file) => file !== '' && existsSync(join(root, file)))

/** Each tracked file that ties the repository to one machine or one registry. */
export const hygiene = (root: string, files = tracked(root)): string[] =>
  files.flatMap((file) => {
    const bytes = readFileSync(join(root, file))
    if (bytes.includes(0)) return []
    const lines = bytes.toString('utf8').split('\n')
    const applied = file.endsWith('pnpm-lock.yaml') ? [...rules, lockfileRule] : rules
    return applied.flatMap(({ pattern, problem }) => {
      const index = lines.findIndex((line) => pattern.test(line))
      return index < 0 ? [] : [`${file}:${index + 1} ${problem}.`]
    })
  })
