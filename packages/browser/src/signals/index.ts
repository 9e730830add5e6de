import type { PageSignalName } from '@newel/protocol'
import type { Behaviour, WatchedName } from '../behaviour/index.ts'
import { collect, type CollectContext, type Collectors, type Observed } from '../collect.ts'
import { client } from './client.ts'
import { deviceKey } from './device-key.ts'
import { fingerprint } from './fingerprint.ts'
import { language } from './language.ts'
import { pageTiming } from './page-timing.ts'
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
}

/** Those that have to be watched for. Named here, so that the watches load only where one is wanted. */
const watchedNames: readonly WatchedName[] = ['typing']

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

/** Observes for one client; touches nothing of the page until it is asked to. */
export function createObserver(declined: readonly PageSignalName[]): Observer {
  let behaviour: Behaviour | undefined
  const watch = async (names: readonly WatchedName[]): Promise<void> => {
    if (behaviour !== undefined || names.length === 0) return
    const loaded = await import('../behaviour/index.ts').catch(() => undefined)
    behaviour ??= loaded?.watchBehaviour(names)
  }
  return {
    async observe(wanted, context) {
      await watch(
        watchedNames.filter((name) => wanted.includes(collectors[name].wire) && !declined.includes(name)),
      )
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
      for (const each of Object.values(behaviour ?? {})) each.clear()
    },
  }
}
