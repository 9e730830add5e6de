import type { Finding } from '../evidence/groups.ts'
import { defineComparator } from './comparator.ts'

/** Nearly nobody's own browser says so of itself; some tests and readers do. Beside it stands a floor. */
const webdriverNats = 4

/** `navigator.webdriver`. Its absence says nothing: automation that hides is the rule. */
export const webdriver = defineComparator({
  id: 'webdriver@1',
  group: 'attack',
  compare: ({ facts }): readonly Finding[] =>
    facts.client.webdriver === true ? [{ code: 'webdriver', nats: webdriverNats, support: 0 }] : [],
})
