import { configSchema } from './schema.ts'

/** One key that can be set, as the file, the environment and the documentation name it. */
export interface ConfigKey {
  /** From the root: `['smtp', 'url']`. */
  readonly path: readonly string[]
  /** `NEWEL_SMTP_URL`. */
  readonly env: string
  /** How a text from the environment is read. */
  readonly kind: 'text' | 'number' | 'list' | 'json'
  readonly about: string
  readonly default: unknown
  /** Members of the objects in a list. */
  readonly members: readonly ConfigKey[]
}

/** What this file reads of a schema. */
interface Node {
  readonly type: string
  readonly wrapped?: Node
  readonly entries?: Readonly<Record<string, Node>>
  readonly item?: Node
  readonly pipe?: readonly { readonly type: string; readonly description?: string }[]
  readonly default?: unknown
}

const unwrap = (node: Node): Node => (node.wrapped ? unwrap(node.wrapped) : node)
const describe = (node: Node): string =>
  node.pipe?.find((step) => step.type === 'description')?.description ?? ''

function kindOf(node: Node): ConfigKey['kind'] {
  if (node.type === 'number') return 'number'
  if (node.type !== 'array') return 'text'
  return node.item?.entries ? 'json' : 'list'
}

function walk(node: Node, path: readonly string[]): ConfigKey[] {
  const inner = unwrap(node)
  if (inner.entries)
    return Object.entries(inner.entries).flatMap(([name, entry]) => walk(entry, [...path, name]))
  return [
    {
      path,
      env: `NEWEL_${path.join('_').toUpperCase()}`,
      kind: kindOf(inner),
      about: describe(inner),
      default: node.default,
      members: inner.item?.entries ? walk(inner.item, []) : [],
    },
  ]
}

/** All keys, in the order of the schema. */
export const configKeys: readonly ConfigKey[] = walk(configSchema, [])
