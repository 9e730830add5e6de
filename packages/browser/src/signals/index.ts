import type { PageSignalName } from '@newel/protocol'
import type { Behaviour, WatchedName } from '../behaviour/index.ts'
import { collect, type CollectContext, type Collectors, type Observed } from '../collect.ts'
import { automation } from './automation.ts'
import { client } from './client.ts'
import { deviceKey } from './device-key.ts'
import { fingerprint } from './fingerprint.ts'
import { freeText } from './free-text.ts'
import { language } from './language.ts'
import { navigation } from './navigation.ts'
import { pageTiming } from './page-timing.ts'
import { pointer } from './pointer.ts'
import { screen } from './screen.ts'
import { timezone } from './timezone.ts'
import { typing } from './typing.ts'

/** The only list; the compiler asks for a collector of every signal that the protocol declares for pages. */
const collectors: Collectors = {
  'device-key': deviceKey,
  fingerprint,
  client,
  language,
  timezone,
  screen,
  'page-timing': pageTiming,
  typing,
  'free-text': freeText,
  pointer,
  navigation,
  automation,
}

/** Those that have to be watched for. Named here, so that the watches load only where one is wanted. */
const watchedNames: readonly WatchedName[] = ['typing', 'free-text', 'pointer', 'navigation', 'automation']

export interface Observer {
  /**
   * Observes what the server wants, by wire name. A signal that the page declines is stated as such: absence is a value and
   * carries its cause. From the first time on, what has to be watched is watched.
   */
  observe(wanted: readonly string[], context: CollectContext): Promise<Observed>
  /** Whether something was watched that should not wait for the receipt to end. */
  fresh(): boolean
  /** Forgets what was watched. */
  reset(): void
}

/**
 * Observes for one client; touches nothing of the page until it is asked to.
 * @param visit the current one
 */
export function createObserver(declined: readonly PageSignalName[], visit: () => string): Observer {
  let behaviour: Behaviour | undefined
  /** That the watches belong to. */
  let watched: string | undefined
  const follow = (current: string): void => {
    if (watched !== undefined && watched !== current) {
      // A visit ends unnoticed when nothing happened for long: what it was told of stays with it.
      for (const each of Object.values(behaviour ?? {})) if (!each.fresh()) each.clear()
    }
    watched = current
  }
  const watch = async (names: readonly WatchedName[]): Promise<void> => {
    if (behaviour !== undefined || names.length === 0) return
    const loaded = await import('../behaviour/index.ts').catch(() => undefined)
    behaviour ??= loaded?.watchBehaviour(names, visit)
  }
  return {
    async observe(wanted, context) {
      await watch(
        watchedNames.filter((name) => wanted.includes(collectors[name].wire) && !declined.includes(name)),
      )
      follow(visit())
      return collect(
        Object.entries(collectors).map(([name, collector]) =>
          declined.includes(name as PageSignalName)
            ? { wire: collector.wire, collect: () => ({ absent: 'declined' }) }
            : collector,
        ),
        wanted,
        { ...context, behaviour },
      )
    },
    fresh: () => Object.values(behaviour ?? {}).some((each) => each.fresh()),
    reset() {
      watched = undefined
      for (const each of Object.values(behaviour ?? {})) each.clear()
    },
  }
}
