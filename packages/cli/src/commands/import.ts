import { opensKeys, openLoginImport } from '@newel/server'
import { existsSync } from 'node:fs'
import { command, commandGroup, configArgs } from '../command.ts'
import { networkOf } from '../compose.ts'
import { loadConfig, needs, requireKeys } from '../config/load.ts'
import { openStored } from '../database.ts'
import { createProgress } from '../evaluate/logins/progress.ts'
import { Failure } from '../failure.ts'
import { collect, type Collected } from '../import/collect.ts'
import { masterKeyOf } from '../secrets.ts'

function report({ tally, badLines, subjects }: Collected): void {
  const { rows, good, failed, attackers, bad } = tally
  process.stdout.write(
    `${rows} rows: ${good} sign-ins of ${subjects} subjects; left out ${failed} with a wrong password, ` +
      `${attackers} marked as an attacker’s, ${bad} that do not fit.\n`,
  )
  for (const { line, problem } of badLines) process.stderr.write(`line ${line}: ${problem}\n`)
  if (bad > badLines.length) process.stderr.write(`and ${bad - badLines.length} more lines that do not fit\n`)
  if (bad > 0) process.exitCode = 1
}

const logins = command({
  name: 'import logins',
  description: 'Brings sign-ins of the past into a store: what networks and clients each subject uses',
  example: 'newel import logins logins.ndjson --tenant shop --dry-run',
  args: {
    file: {
      type: 'positional',
      description: 'NDJSON or CSV as in docs/evaluate.md',
      valueHint: 'file',
      required: false,
    },
    ...configArgs,
    tenant: { type: 'string', description: 'Whose subjects they are', valueHint: 'id' },
    dryRun: { type: 'boolean', description: 'Reads and reports; writes nothing' },
    rejects: {
      type: 'string',
      description: 'Writes lines that do not fit into this file',
      valueHint: 'file',
    },
  },
  run: async ({ file, config: configFile, database: url, tenant: named, dryRun, rejects }) => {
    if (file === undefined) throw new Failure('newel import logins FILE: which file?')
    if (!existsSync(file)) throw new Failure(`There is no file ${file}.`)
    const config = loadConfig({ env: process.env, file: configFile, flags: { database: url } })
    requireKeys(config, [needs.masterKey])
    const masterKey = masterKeyOf(config)
    const database = await openStored(config.database)
    const nowMs = Date.now()
    try {
      const { store } = database
      const tenants = await store.listTenants()
      const tenant = named ?? (tenants.length === 1 ? tenants[0] : undefined)
      const row = tenant === undefined ? undefined : await store.readTenant(tenant)
      if (tenant === undefined || row === undefined) {
        throw new Failure('--tenant ID says whose subjects they are.', [
          `The database ${database.name} has: ${tenants.join(', ') || 'none'}.`,
        ])
      }
      // Addresses are compared by digests under this key: under another one nobody would be recognised.
      if (!(await opensKeys(masterKey, row.keys)))
        throw new Failure(`The master key does not open the keys of tenant ${tenant}; nothing was imported.`)
      const collected = await collect(file, { nowMs, rejects, progress: createProgress() })
      const progress = createProgress()
      try {
        report(collected)
        if (dryRun === true) {
          process.stdout.write('Nothing was written.\n')
          return
        }
        const target = await openLoginImport({
          store,
          masterKey,
          tenant,
          network: networkOf(config).network,
          nowMs,
        })
        let added = 0
        let done = 0
        for (const { subject, logins: past } of collected.each()) {
          added += await target.add(subject, past)
          done += 1
          progress.at(done / Math.max(1, collected.subjects), done)
        }
        progress.end()
        process.stdout.write(
          `${added} sign-ins of ${done} subjects were new to tenant ${tenant} of ${database.name}; the latest 32 of a subject are kept, four of a day.\n`,
        )
      } finally {
        progress.end()
        collected.close()
      }
    } finally {
      await database.close()
    }
  },
})

export const importing = commandGroup({
  name: 'import',
  description: 'Brings history along from before Newel',
  commands: { logins },
})
