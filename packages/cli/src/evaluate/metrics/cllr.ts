/** Log-likelihood ratios in nats, positive towards somebody else. */
export interface Ratios {
  readonly genuine: readonly number[]
  readonly impostor: readonly number[]
}

/** log2(1 + e^x), without overflow. */
const bits = (x: number): number => (Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)))) / Math.LN2
const mean = (values: readonly number[], of: (value: number) => number): number =>
  values.reduce((sum, value) => sum + of(value), 0) / values.length

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
    own: number
    others: number
  }
  // Equal scores are one observation: no map tells them apart.
  const byScore = new Map<number, Block>()
  const count = (nats: number, own: number, others: number): void => {
    const block = byScore.get(nats)
    if (block === undefined) byScore.set(nats, { own, others })
    else {
      block.own += own
      block.others += others
    }
  }
  for (const nats of genuine) count(nats, 1 / genuine.length, 0)
  for (const nats of impostor) count(nats, 0, 1 / impostor.length)
  const share = ({ own, others }: Block): number => others / (own + others)
  const blocks: Block[] = []
  for (const [, block] of [...byScore].sort(([a], [b]) => a - b)) {
    let top = block
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
