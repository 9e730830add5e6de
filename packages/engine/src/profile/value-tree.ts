import type { TierCounts } from '../evidence/frequency.ts'
import { createReader, createWriter, ProfileFormatError } from './bytes.ts'
import type { Token } from './token.ts'

/** Counts of values in a hierarchy, coarsest tier first; a leaf holds the whole path. Counts are quarters of a session. */
export interface ValueTree {
  readonly depth: number
  readonly maxLeaves: number
  readonly leaves: readonly Leaf[]
}
export interface Leaf {
  /** One token for each tier; 0 where the value was not known. */
  readonly path: readonly Token[]
  readonly count: number
  /** Day of the latest session, since 1970. */
  readonly day: number
}

/** A whole session counts four; less for what is backed by less. */
export const unitsPerSession = 4
/** Above so many sessions all counts are halved: what is old fades. */
const maxUnits = 200 * unitsPerSession

export const emptyTree = (depth: number, maxLeaves: number): ValueTree => ({ depth, maxLeaves, leaves: [] })

function samePath(a: readonly Token[], b: readonly Token[]): boolean {
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}
function comparePaths(a: readonly Token[], b: readonly Token[]): number {
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return a[i]! - b[i]!
  return 0
}
const byPath = (a: Leaf, b: Leaf): number => comparePaths(a.path, b.path)
/** What goes first: longest unused, then rarest, then by path, so that every server drops the same. */
const byAge = (a: Leaf, b: Leaf): number => a.day - b.day || a.count - b.count || byPath(a, b)

/** In the order of paths, where the leaves were. */
function add(leaves: readonly Leaf[], leaf: Leaf): Leaf[] {
  let at = 0
  while (at < leaves.length && comparePaths(leaves[at]!.path, leaf.path) < 0) at += 1
  const next = leaves.slice()
  const found = next[at]
  if (found !== undefined && samePath(found.path, leaf.path))
    next[at] = { path: leaf.path, count: found.count + leaf.count, day: Math.max(found.day, leaf.day) }
  else next.splice(at, 0, leaf)
  return next
}

/**
 * Forgets the finest value of the oldest leaf, so that its coarser values keep their counts; drops it when none is left.
 * Whole paths and shortened ones have half of the room each: neither pushes the other out.
 */
function evict({ depth, maxLeaves }: ValueTree, leaves: readonly Leaf[]): Leaf[] {
  const whole = leaves.filter(({ path }) => path[depth - 1] !== 0)
  const crowd = 2 * whole.length > maxLeaves ? whole : leaves.filter(({ path }) => path[depth - 1] === 0)
  const oldest = [...crowd].sort(byAge)[0]!
  const rest = leaves.filter((leaf) => leaf !== oldest)
  const finest = oldest.path.reduce((last, token, i) => (token === 0 ? last : i), 0)
  if (finest === 0) return rest
  return add(rest, { ...oldest, path: oldest.path.map((token, i) => (i === finest ? 0 : token)) })
}

function hasValue(path: readonly Token[]): boolean {
  for (const token of path) if (token !== 0) return true
  return false
}

function unitsOf(leaves: readonly Leaf[]): number {
  let sum = 0
  for (const { count } of leaves) sum += count
  return sum
}

/** Adds `units` quarters of a session. A path without any value changes nothing. */
export function learnPath(tree: ValueTree, path: readonly Token[], units: number, day: number): ValueTree {
  if (!hasValue(path)) return tree
  let leaves = add(tree.leaves, { path, count: units, day })
  while (leaves.length > tree.maxLeaves) leaves = evict(tree, leaves)
  while (unitsOf(leaves) > maxUnits) {
    leaves = leaves
      .map((leaf) => ({ ...leaf, count: Math.floor(leaf.count / 2) }))
      .filter(({ count }) => count > 0)
  }
  return { depth: tree.depth, maxLeaves: tree.maxLeaves, leaves }
}

/** The path with every value that the tree does not hold (below what it holds) blanked. */
export function maskPath(tree: ValueTree, path: readonly Token[]): Token[] {
  const masked: Token[] = path.map(() => 0)
  let leaves = tree.leaves
  for (const [i, token] of path.entries()) {
    if (token === 0) continue
    leaves = leaves.filter((leaf) => leaf.path[i] === token)
    if (leaves.length === 0) break
    masked[i] = token
  }
  return masked
}

/**
 * What the tree says of the value on tier `tier`, given the coarser ones. A tier that is not known now, or was not when a
 * leaf was counted, conditions nothing: a database that comes or goes makes nobody a stranger.
 */
export function countsOf({ leaves }: ValueTree, path: readonly Token[], tier: number): TierCounts {
  const wanted = path[tier]
  const values: Token[] = []
  let count = 0
  let total = 0
  for (const leaf of leaves) {
    const value = leaf.path[tier]!
    if (value === 0 || !sharesCoarser(leaf.path, path, tier)) continue
    total += leaf.count
    if (value === wanted) count += leaf.count
    if (!values.includes(value)) values.push(value)
  }
  return { count: count / unitsPerSession, total: total / unitsPerSession, distinct: values.length }
}

function sharesCoarser(a: readonly Token[], b: readonly Token[], tier: number): boolean {
  for (let i = 0; i < tier; i += 1) if (a[i] !== 0 && b[i] !== 0 && a[i] !== b[i]) return false
  return true
}

export function encodeTree(tree: ValueTree): Uint8Array {
  const writer = createWriter()
  writer.varint(tree.leaves.length)
  for (const leaf of tree.leaves) {
    for (const token of leaf.path) writer.word(token)
    writer.varint(leaf.count)
    writer.varint(leaf.day)
  }
  return writer.finish()
}

export function decodeTree(bytes: Uint8Array, depth: number, maxLeaves: number): ValueTree {
  const reader = createReader(bytes)
  const leaves: Leaf[] = []
  for (let left = reader.varint(maxLeaves); left > 0; left -= 1) {
    const path: Token[] = []
    for (let tier = 0; tier < depth; tier += 1) path.push(reader.word())
    const last = leaves.at(-1)
    if (last !== undefined && comparePaths(last.path, path) >= 0)
      throw new ProfileFormatError('leaves are not in order')
    leaves.push({ path, count: reader.varint(maxUnits), day: reader.varint(0xffffffff) })
  }
  reader.end()
  return { depth, maxLeaves, leaves }
}
