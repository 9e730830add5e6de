import type { Collector } from '../collect.ts'
import type { WatchedName } from '../behaviour/index.ts'

/** Hands over what was watched for since the page loaded the watches; until then, nothing was there to see. */
export const watched = <N extends WatchedName>(name: N, wire: Collector<N>['wire']): Collector<N> => ({
  wire,
  collect: ({ behaviour }) => behaviour?.[name]?.collect() ?? { absent: 'blocked' },
})
