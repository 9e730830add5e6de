import { ascending } from './auc.ts'

/** Log-likelihood ratios in nats, positive towards somebody else. */
export interface Ratios {
  readonly genuine: ArrayLike<number>
  readonly impostor: ArrayLike<number>
}

/** log2(1 + e^x), without overflow. */
const bits = (x: number): number => (Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)))) / Math.LN2
function mean(values: ArrayLike<number>, of: (value: number) => number): number {
  let sum = 0
  for (let i = 0; i < values.length; i += 1) sum += of(values[i]!)
  return sum / values.length
}

/**
 * Cost of likelihood ratios in bits, both kinds weighing the same (Brümmer & du Preez, 2006): 0 is certain and right, 1 is
 * what saying nothing costs.
 */
export const cllr = ({ genuine, impostor }: Ratios): number =>
  (mean(genuine, (nats) => bits(nats)) + mean(impostor, (nats) => bits(-nats))) / 2

/**
 * The least Cllr that any monotone map of these scores reaches: isotonic regression by pooling adjacent violators, equal
 * priors. What is above it is a fault of the map.
 */
export function minCllr({ genuine, impostor }: Ratios): number {
  interface Block {
    readonly own: number
    readonly others: number
  }
  const own = ascending(genuine)
  const others = ascending(impostor)
  const share = (block: Block): number => block.others / (block.own + block.others)
  const blocks: Block[] = []
  for (let i = 0, j = 0; i < own.length || j < others.length;) {
    // Equal scores are one observation: no map tells them apart.
    const score = Math.min(own[i] ?? Infinity, others[j] ?? Infinity)
    let top: Block = { own: 0, others: 0 }
    for (; i < own.length && !(own[i]! > score); i += 1) top = { ...top, own: top.own + 1 / own.length }
    for (; j < others.length && !(others[j]! > score); j += 1)
      top = { ...top, others: top.others + 1 / others.length }
    for (
      let below = blocks.at(-1);
      below !== undefined && share(below) >= share(top);
      below = blocks.at(-1)
    ) {
      top = { own: below.own + top.own, others: below.others + top.others }
      blocks.pop()
    }
    blocks.push(top)
  }
  const cost = (mass: number, of: number): number => (mass === 0 ? 0 : -mass * Math.log2(of))
  return (
    blocks.reduce(
      (sum, block) => sum + cost(block.own, 1 - share(block)) + cost(block.others, share(block)),
      0,
    ) / 2
  )
}
