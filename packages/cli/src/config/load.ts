import { didYouMean } from '@newel/engine'
import { existsSync } from 'node:fs'
import * as v from 'valibot'
import { Failure } from '../failure.ts'
import { readJson, repeatsIn } from '../json-file.ts'
import { configKeys } from './keys.ts'
import type { ConfigKey } from './keys.ts'
import { configSchema } from './schema.ts'
import type { Config } from './schema.ts'

/** Read from the working directory where it exists and nothing else is named. */
export const defaultFile = 'newel.config.json'

type Tree = { [name: string]: unknown }

export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Path given by `--config` or `NEWEL_CONFIG`: then the file has to exist. */
  readonly file?: string | undefined
  /** Values of flags by key, such as `{ port: 8081 }`. */
  readonly flags?: Readonly<Partial<Record<keyof Config, string | undefined>>>
}

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function put(tree: Tree, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) {
    tree[name] = value
    return
  }
  const below = tree[name]
  const next: Tree = isTree(below) ? { ...below } : {}
  tree[name] = next
  put(next, rest, value)
}

/** A text as the key's type reads it; what cannot be read is left for the schema to refuse. */
function fromText(key: ConfigKey, value: string): unknown {
  switch (key.kind) {
    case 'text':
      return value
    case 'number':
      return /^-?\d+$/.test(value) ? Number(value) : value
    case 'list':
      return value
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '')
    case 'json':
      try {
        return JSON.parse(value) as unknown
      } catch {
        return value
      }
  }
}

/** Kubernetes sets these for a service called "newel". */
const serviceLink = /^NEWEL_(?:SERVICE_(?:HOST|PORT)|PORT_\d)/

/** What the application's half reads in the README; both halves often run in one environment. */
const ofApplications = ['NEWEL_PUBLISHABLE_KEY', 'NEWEL_SECRET_KEY']

function unknownVariables(env: Sources['env']): string[] {
  const known = ['NEWEL_CONFIG', ...configKeys.map((key) => key.env)]
  return Object.keys(env)
    .filter((name) => name.startsWith('NEWEL_') && ![...known, ...ofApplications].includes(name))
    .map((name) =>
      serviceLink.test(name)
        ? `${name}: set by Kubernetes for a service of this name; set enableServiceLinks: false`
        : `${name}: unknown variable${didYouMean(name, known)}`,
    )
}

const nameOf = (path: readonly unknown[]): string =>
  path.reduce<string>(
    (name, key) =>
      typeof key === 'number' ? `${name}[${key}]` : name ? `${name}.${String(key)}` : String(key),
    '',
  )

/** Names that may stand where the issue found another one. */
function siblings(issue: v.BaseIssue<unknown>): string[] {
  const path = (issue.path ?? []).map((item) => item.key)
  const above = path.slice(0, -1)
  const members = configKeys.find((key) => key.path[0] === path[0])?.members ?? []
  const inList = members.length > 0
  const keys = inList ? members : configKeys
  const depth = inList ? 0 : above.length
  return [
    ...new Set(
      keys
        .filter((key) => above.slice(0, depth).every((name, at) => key.path[at] === name))
        .map((key) => key.path[depth] ?? ''),
    ),
  ]
}

function say(issue: v.BaseIssue<unknown>): string {
  const where = nameOf((issue.path ?? []).map(({ key }) => key))
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const key = String(issue.path?.at(-1)?.key)
    return `${where}: unknown key${didYouMean(key, siblings(issue))}`
  }
  if (issue.type === 'strict_object' && issue.received === 'undefined') return `${where}: missing`
  if (issue.type === 'strict_object') return `${where || 'the file'}: expected an object`
  return `${where}: ${issue.message}`
}

/**
 * Defaults, then file, then environment, then flags, checked by one schema.
 * @throws Failure that names every mistake and what to do about it
 */
export function loadConfig({ env, file, flags = {} }: Sources): Config {
  const path = file ?? env.NEWEL_CONFIG ?? (existsSync(defaultFile) ? defaultFile : undefined)
  const stored = path === undefined ? {} : readJson(path, 'configuration file', { nameOf, secret: true })
  if (!isTree(stored)) throw new Failure(`The configuration file ${path ?? ''} must hold one JSON object.`)
  const tree: Tree = { ...stored }
  const repeats: string[] = []
  for (const key of configKeys) {
    const value = env[key.env]
    // An empty variable is how compose files and CI leave one out.
    if (value === undefined || value === '') continue
    put(tree, key.path, fromText(key, value))
    if (key.kind !== 'json') continue
    repeats.push(...repeatsIn(value).map((repeat) => `${key.env}: ${nameOf(repeat.path)} is named twice`))
  }
  for (const [name, value] of Object.entries(flags)) {
    const key = configKeys.find((candidate) => candidate.path.length === 1 && candidate.path[0] === name)
    if (value !== undefined && key) put(tree, key.path, fromText(key, value))
  }
  const parsed = v.safeParse(configSchema, tree)
  const mistakes = [...unknownVariables(env), ...repeats, ...(parsed.issues ?? []).map(say)]
  if (mistakes.length > 0 || !parsed.success) {
    throw new Failure('The configuration has mistakes:', [
      ...mistakes,
      'Every key is described in docs/configuration.md.',
    ])
  }
  return parsed.output
}

/** Throws a failure that says how to set the keys that a command cannot do without. */
export function requireKeys(config: Config, needs: readonly Need[]): void {
  const missing = needs.filter((need) => !need.given(config)).map((need) => need.hint)
  if (missing.length > 0) throw new Failure('The configuration is not complete:', missing)
}

interface Need {
  readonly given: (config: Config) => boolean
  readonly hint: string
}

/** What commands need, with how to give it. */
export const needs = {
  url: {
    given: ({ url }) => url !== undefined,
    hint: `url: set NEWEL_URL, or "url" in ${defaultFile}, to where browsers reach Newel, such as https://id.example`,
  },
  masterKey: {
    given: (config) => config.master_key !== undefined || config.master_key_file !== undefined,
    hint: 'master_key: set NEWEL_MASTER_KEY or NEWEL_MASTER_KEY_FILE; `newel keys generate` makes one',
  },
  tenants: {
    given: ({ tenants }) => tenants.length > 0,
    hint: `tenants: declare at least one in ${defaultFile}, or in NEWEL_TENANTS as JSON; \`newel keys generate --tenant <id>\` makes its keys`,
  },
} as const satisfies Record<string, Need>
