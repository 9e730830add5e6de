import type * as v from 'valibot'
import { nearestName } from './nearest.ts'
import type { PolicyError } from './types.ts'

/** The parts of a valibot schema that say which names fit at a place. */
interface SchemaNode {
  readonly type: string
  readonly entries?: Readonly<Record<string, SchemaNode>>
  readonly value?: SchemaNode
  readonly wrapped?: SchemaNode
  readonly item?: SchemaNode
  readonly options?: readonly (SchemaNode | string)[]
  readonly literal?: unknown
}

/** Optional wrappers and alternatives taken apart. */
function alternatives(node: SchemaNode): readonly SchemaNode[] {
  if (node.wrapped !== undefined) return alternatives(node.wrapped)
  if (node.type === 'union' || node.type === 'variant') {
    return (node.options ?? []).flatMap((option) => (typeof option === 'string' ? [] : alternatives(option)))
  }
  return [node]
}

function nodesAt(root: SchemaNode, keys: readonly string[]): readonly SchemaNode[] {
  return keys.reduce<readonly SchemaNode[]>(
    (nodes, key) =>
      nodes.flatMap((node) => {
        const next = node.entries?.[key] ?? node.value ?? node.item
        return next === undefined ? [] : alternatives(next)
      }),
    alternatives(root),
  )
}

const memberNames = (nodes: readonly SchemaNode[]): string[] => [
  ...new Set(nodes.flatMap((node) => Object.keys(node.entries ?? {}))),
]
const valueNames = (nodes: readonly SchemaNode[]): string[] => [
  ...new Set(
    nodes.flatMap((node) => [
      ...(node.options ?? []).filter((option) => typeof option === 'string'),
      ...(typeof node.literal === 'string' ? [node.literal] : []),
    ]),
  ),
]

const keysOf = (issue: v.BaseIssue<unknown>): string[] => (issue.path ?? []).map((item) => String(item.key))

/** JSON Pointer (RFC 6901). */
const pointerTo = (keys: readonly string[]): string =>
  keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const kindOf = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'object'
        ? 'an object'
        : JSON.stringify(value)

/** A mistake with its place, what is wrong, and the name that was probably meant. */
export const found = (keys: readonly string[], message: string, suggestion?: string): PolicyError =>
  suggestion === undefined
    ? { path: pointerTo(keys), message }
    : { path: pointerTo(keys), message: `${message}; did you mean "${suggestion}"?`, suggestion }

function explain(root: SchemaNode, issue: v.BaseIssue<unknown>, above: readonly string[]): PolicyError[] {
  const keys = [...above, ...keysOf(issue)]
  // A union fails with the issues of each alternative: those of the one that got deepest are what was meant.
  const deeper = (issue.issues ?? []).filter((inner) => (inner.path ?? []).length > 0)
  if (deeper.length > 0) return deeper.flatMap((inner) => explain(root, inner, keys))

  const last = keys.at(-1) ?? ''
  const item = issue.path?.at(-1)
  if (item?.origin === 'key' && issue.expected === 'never') {
    const known = memberNames(nodesAt(root, keys.slice(0, -1)))
    return [found(keys, `unknown member; known are ${known.join(', ')}`, nearestName(last, known))]
  }
  if (item?.origin === 'key' && issue.received === 'undefined')
    return [found(keys, 'this member is required')]
  if (item?.origin === 'key') return [found(keys, `not a name: ${issue.message}`)]
  // What fails a check of ours has the right form: the check says what it expects.
  const checks = [issue, ...(issue.issues ?? [])].filter(({ kind }) => kind === 'validation')
  const check = checks.at(-1)
  if (check !== undefined && !check.message.startsWith('Invalid'))
    return [found(keys, `${check.message}, found ${kindOf(issue.input)}`)]

  const nodes = nodesAt(root, keys)
  const values = valueNames(nodes)
  const given = kindOf(issue.input)
  if (values.length > 0) {
    const expected = [
      ...values.map((value) => `"${value}"`),
      ...(memberNames(nodes).length > 0 ? ['an object'] : []),
    ]
    const suggestion = typeof issue.input === 'string' ? nearestName(issue.input, values) : undefined
    return [found(keys, `expected ${expected.join(', ')}, found ${given}`, suggestion)]
  }
  return [found(keys, `expected ${issue.expected ?? issue.message}, found ${given}`)]
}

/** Says of each issue of a schema where it is, what was expected, and which name was probably meant. */
export const explainIssues = (
  schema: v.GenericSchema,
  issues: readonly v.BaseIssue<unknown>[],
): PolicyError[] => issues.flatMap((issue) => explain(schema as unknown as SchemaNode, issue, []))
