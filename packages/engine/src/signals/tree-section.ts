import type { Features } from '../facts.ts'
import type { Token } from '../profile/token.ts'
import {
  decodeTree,
  emptyTree,
  encodeTree,
  learnPath,
  maskPath,
  type ValueTree,
} from '../profile/value-tree.ts'
import type { Section } from './comparator.ts'

/** A section that counts values in a hierarchy; `path` gives one token for each tier, 0 where the value is not known. */
export function treeSection(
  depth: number,
  maxLeaves: number,
  path: (features: Features) => readonly Token[],
): Section<ValueTree> {
  const someOf = (tokens: readonly Token[]): readonly Token[] =>
    tokens.some((token) => token !== 0) ? tokens : []
  return {
    empty: emptyTree(depth, maxLeaves),
    decode: (bytes) => decodeTree(bytes, depth, maxLeaves),
    encode: encodeTree,
    sample: (features) => someOf(path(features)),
    mask: (tree, sample) => someOf(maskPath(tree, sample)),
    learn: (tree, sample, units, day) => learnPath(tree, sample, units, day),
  }
}
