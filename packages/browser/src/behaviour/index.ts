import { watchTyping } from './typing.ts'
import type { Watch } from './watch.ts'

/** The only list of what is watched for rather than read. */
const watches = { typing: watchTyping }

export type WatchedName = keyof typeof watches
export type Behaviour = { readonly [N in WatchedName]?: Watch<N> }

/** Begins to watch: the listeners stay for the life of the page. */
export const watchBehaviour = (names: readonly WatchedName[]): Behaviour =>
  Object.fromEntries(names.map((name) => [name, watches[name]()]))
