import type { Collectors } from '../collect.ts'
import { client } from './client.ts'
import { deviceKey } from './device-key.ts'
import { fingerprint } from './fingerprint.ts'
import { language } from './language.ts'
import { pageTiming } from './page-timing.ts'
import { screen } from './screen.ts'
import { timezone } from './timezone.ts'

/** The only list; the compiler asks for a collector of every signal that the protocol declares for pages. */
export const collectors: Collectors = {
  'device-key': deviceKey,
  fingerprint,
  client,
  language,
  timezone,
  screen,
  'page-timing': pageTiming,
}
