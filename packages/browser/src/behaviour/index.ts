import { watchAutomation } from './automation.ts'
import { watchFreeText } from './free-text.ts'
import { watchNavigation } from './navigation.ts'
import { watchPointer } from './pointer.ts'
import { watchTyping } from './typing.ts'
import type { Watch } from './watch.ts'

/** The only list of what is watched for rather than read. */
const watches = {
  typing: watchTyping,
  'free-text': watchFreeText,
  pointer: watchPointer,
  navigation: watchNavigation,
  automation: watchAutomation,
} as const

export type WatchedName = keyof typeof watches
export type Behaviour = { readonly [N in WatchedName]?: Watch<N> }

/**
 * Begins to watch: the listeners stay for the life of the page.
 * @param visit the current one
 */
export const watchBehaviour = (names: readonly WatchedName[], visit: () => string): Behaviour =>
  Object.fromEntries(names.map((name) => [name, watches[name](visit)]))
