import type { Finding } from '../evidence/groups.ts'
import { defineComparator } from './comparator.ts'

/** Some people let their browser pass for another; tools that fake one layer and forget the next do more often. */
const contradictionNats = 1

/** Header, client hints and page name different systems. */
export const contradiction = defineComparator({
  id: 'contradiction@1',
  group: 'attack',
  compare: ({ facts }): readonly Finding[] =>
    facts.client.contradicts ? [{ code: 'client_contradicts', nats: contradictionNats, support: 0 }] : [],
})
