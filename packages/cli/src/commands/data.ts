import { didYouMean } from '@newel/engine'
import { command, commandGroup } from '../command.ts'
import { checkedUrl } from '../data/download.ts'
import { examineSet, fetchSet } from '../data/folder.ts'
import { dataSets, type DataSet } from '../data/sets.ts'
import { Failure } from '../failure.ts'

const args = {
  folder: { type: 'string', description: 'Where the files lie; default data', valueHint: 'folder' },
  only: { type: 'string', description: 'This set alone', valueHint: 'id' },
} as const

function chosen(only: string | undefined): readonly DataSet[] {
  if (only === undefined) return dataSets
  const ids = dataSets.map(({ id }) => id)
  const set = dataSets.find(({ id }) => id === only)
  if (set === undefined)
    throw new Failure(`There is no set ${only}${didYouMean(only, ids)}`, [`There are: ${ids.join(', ')}.`])
  return [set]
}

/** The same sets from a host of the operator's own, which has the files and their `.sha256` side by side. */
const mirrored = (set: DataSet, mirror: string | undefined): DataSet => {
  if (mirror === undefined) return set
  const base = checkedUrl(mirror).href.replace(/\/*$/, '/')
  return { ...set, url: `${base}${set.file}`, checksumUrl: `${base}${set.file}.sha256` }
}

const list = command({
  name: 'data list',
  description: 'Lists the sets that can be fetched, with their terms',
  example: 'newel data list',
  args: {},
  run: () => {
    const lines = dataSets.map(
      ({ id, about, licence, source, key, file }) =>
        `${id}: ${about}; ${licence}, ${source}; ${key} = ${file}`,
    )
    process.stdout.write(`${lines.join('\n')}\n`)
    return Promise.resolve()
  },
})

const fetchAll = command({
  name: 'data fetch',
  description: 'Fetches the newest files, checks them and puts them in place; prints their SHA-256',
  example: 'newel data fetch --folder data',
  args: {
    ...args,
    mirror: {
      type: 'string',
      description: 'Folder of a host of your own that has the files',
      valueHint: 'url',
    },
  },
  run: async ({ folder = 'data', only, mirror }) => {
    const sets = chosen(only).map((set) => mirrored(set, mirror))
    for (const set of sets) {
      await fetchSet(set, {
        folder,
        nowMs: Date.now(),
        patienceMs: 30_000,
        say: (line) => process.stdout.write(`${line}\n`),
      })
    }
  },
})

const marks = { good: 'ok  ', old: 'look', missing: 'look', bad: 'BAD ' } as const

const check = command({
  name: 'data check',
  description: 'Says whether the files are there, are what was fetched, and can be opened; fetches nothing',
  example: 'newel data check --folder data',
  args,
  run: ({ folder = 'data', only }) => {
    const found = chosen(only).map((set) => examineSet(set, folder, Date.now()))
    for (const { set, state, what } of found) process.stdout.write(`${marks[state]}  ${set.id}: ${what}\n`)
    if (found.some(({ state }) => state === 'bad' || state === 'missing')) process.exitCode = 1
    return Promise.resolve()
  },
})

export const data = commandGroup({
  name: 'data',
  description: 'The files of countries and operators of networks that are in the public domain',
  commands: { fetch: fetchAll, list, check },
})
