import type { PageSignalName } from '@newel/protocol'
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

/**
 * Observes what the server wants, by wire name. A signal that the page declines is stated as such: absence is a value and
 * carries its cause.
 */
export const observe = (
  wanted: readonly string[],
  declined: readonly PageSignalName[],
  context: CollectContext,
): Promise<Observed> =>
  collect(
    Object.entries(collectors).map(([name, collector]) =>
      declined.includes(name as PageSignalName)
        ? { wire: collector.wire, collect: () => ({ absent: 'declined' }) }
        : collector,
    ),
    wanted,
    context,
  )
