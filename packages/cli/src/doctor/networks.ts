import { openList } from '@newel/server/node'
import { statSync } from 'node:fs'
import type { Config } from '../config/schema.ts'
import { messageOf } from '../failure.ts'
import { bad, doubtful, good } from './check.ts'
import type { Finding } from './check.ts'

const dayMs = 86_400_000
/** Addresses change hands: what is older has lost most of what it says. */
const oldDays = 45

const daysOld = (file: string, nowMs: number): number => Math.floor((nowMs - statSync(file).mtimeMs) / dayMs)

function checkList(list: Config['lists'][number], nowMs: number): Finding {
  const { weight, ...named } = list
  try {
    const { id, entries, unread, updatedAtMs } = openList({
      ...named,
      ...(weight !== undefined && { weight }),
    })
    const days = Math.floor((nowMs - updatedAtMs) / dayMs)
    const odd = unread > 0 ? `, ${unread} lines passed over` : ''
    const what = `List ${id} has ${entries} entries${odd} and is ${days} days old`
    return days > oldDays ? doubtful(what, 'Fetch it anew: trust in it halves with its age.') : good(what)
  } catch (error) {
    return bad(messageOf(error), 'Check `file` of that entry of `lists`.')
  }
}

/** Files and lists of networks: whether they can be read (the configuration has said so), and how old they are. */
export function checkNetworks(config: Config, nowMs: number): readonly Finding[] {
  const named = (['country_file', 'asn_file', 'city_file', 'anonymiser_file'] as const).flatMap((key) => {
    const file = config[key]
    return file === undefined ? [] : [{ key, file }]
  })
  if (named.length + config.lists.length === 0) {
    return [
      doubtful(
        'No file tells countries and operators of addresses: a network is a prefix and no more',
        'Run `newel data fetch`, and set country_file and asn_file.',
      ),
    ]
  }
  const files = named.map(({ key, file }): Finding => {
    try {
      const days = daysOld(file, nowMs)
      const what = `${key} is ${days} days old`
      return days > oldDays
        ? doubtful(what, 'Fetch it anew (`newel data fetch`), and restart the server.')
        : good(what)
    } catch (error) {
      return bad(`${key}: ${messageOf(error)}`, 'Check the path.')
    }
  })
  return [...files, ...config.lists.map((list) => checkList(list, nowMs))]
}
