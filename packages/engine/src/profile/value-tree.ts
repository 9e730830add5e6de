import type { TierCounts } from '../evidence/frequency.ts'
import { createReader, createWriter } from './bytes.ts'
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

const samePath = (a: readonly Token[], b: readonly Token[]): boolean => a.every((token, i) => token === b[i])
const comparePaths = (a: readonly Token[], b: readonly Token[]): number => {
  const at = a.findIndex((token, i) => token !== b[i])
  return at < 0 ? 0 : a[at]! - b[at]!
}
const byPath = (a: Leaf, b: Leaf): number => comparePaths(a.path, b.path)
/** What goes first: longest unused, then rarest, then by path, so that every server drops the same. */
const byAge = (a: Leaf, b: Leaf): number => a.day - b.day || a.count - b.count || byPath(a, b)

function add(leaves: readonly Leaf[], leaf: Leaf): Leaf[] {
  const found = leaves.find(({ path }) => samePath(path, leaf.path))
  if (found === undefined) return [...leaves, leaf]
  const sum = { path: leaf.path, count: found.count + leaf.count, day: Math.max(found.day, leaf.day) }
  return leaves.map((each) => (each === found ? sum : each))
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

/** Adds `units` quarters of a session. A path without any value changes nothing. */
export function learnPath(tree: ValueTree, path: readonly Token[], units: number, day: number): ValueTree {
  if (path.every((token) => token === 0)) return tree
  let leaves = add(tree.leaves, { path, count: units, day })
  while (leaves.length > tree.maxLeaves) leaves = evict(tree, leaves)
  while (leaves.reduce((sum, leaf) => sum + leaf.count, 0) > maxUnits) {
    leaves = leaves
      .map((leaf) => ({ ...leaf, count: Math.floor(leaf.count / 2) }))
      .filter(({ count }) => count > 0)
  }
  return { ...tree, leaves: leaves.sort(byPath) }
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
export function countsOf(tree: ValueTree, path: readonly Token[], tier: number): TierCounts {
  const coarser = path.slice(0, tier)
  const siblings = tree.leaves.filter(
    (leaf) =>
      leaf.path[tier] !== 0 &&
      coarser.every((token, i) => token === 0 || leaf.path[i] === 0 || leaf.path[i] === token),
  )
  const sum = (leaves: readonly Leaf[]): number =>
    leaves.reduce((all, leaf) => all + leaf.count, 0) / unitsPerSession
  return {
    count: sum(siblings.filter((leaf) => leaf.path[tier] === path[tier])),
    total: sum(siblings),
    distinct: new Set(siblings.map((leaf) => leaf.path[tier])).size,
  }
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
    const path = Array.from({ length: depth }, () => reader.word())
    leaves.push({ path, count: reader.varint(maxUnits), day: reader.varint(0xffffffff) })
  }
  reader.end()
  return { depth, maxLeaves, leaves }
}
