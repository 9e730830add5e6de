import { command, configArgs } from '../../command.ts'
import { loadConfig } from '../../config/load.ts'
import { openStored } from '../../database.ts'
import { Failure } from '../../failure.ts'
import { policyFor } from '../logins/policy.ts'
import { createProgress } from '../logins/progress.ts'
import { evaluationArgs, requireData, table, writeJson } from '../report.ts'
import type { Estimate } from '../metrics/interval.ts'
import type { SwapRow } from './figures.ts'
import { swapsOfStore } from './from-database.ts'
import { swapsOfFile } from './from-file.ts'

const percent = ({ value, low, high }: Estimate): string =>
  Number.isNaN(value)
    ? '–'
    : `${(100 * value).toFixed(1)} % [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`

const textOf = (rows: readonly SwapRow[]): string =>
  table(
    ['match', 'swaps', 'subjects', 'let in unasked [95 %]', 'refused [95 %]', 'median nats'],
    rows.map(({ match, swaps, subjects, letIn, refused, medianNats }) => [
      match,
      String(swaps),
      String(subjects),
      percent(letIn),
      percent(refused),
      Number.isNaN(medianNats) ? '–' : medianNats.toFixed(2),
    ]),
  )

const defaultLimit = 2000

function limitOf(text: string | undefined): number {
  const limit = text === undefined ? defaultLimit : Number(text)
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > 1_000_000)
    throw new Failure(`--limit is a whole number from 1 to 1000000, not ${text ?? ''}.`)
  return limit
}

async function fromDatabase(args: {
  readonly config?: string | undefined
  readonly database?: string | undefined
  readonly tenant?: string | undefined
  readonly limit?: string | undefined
}) {
  const config = loadConfig({ env: process.env, file: args.config, flags: { database: args.database } })
  const database = await openStored(config.database)
  try {
    const tenants = await database.store.listTenants()
    const tenant = args.tenant ?? (tenants.length === 1 ? tenants[0] : undefined)
    if (tenant === undefined || !tenants.includes(tenant)) {
      throw new Failure('--tenant ID says whose sessions.', [
        `The database has: ${tenants.join(', ') || 'none'}.`,
      ])
    }
    return await swapsOfStore(database.store, tenant, limitOf(args.limit))
  } finally {
    await database.close()
  }
}

export const evaluateSwaps = command({
  name: 'evaluate swaps',
  description: 'Misses without labels: sessions of other people against each subject’s profile',
  example: 'newel evaluate swaps --data logins.ndjson',
  args: {
    ...evaluationArgs,
    ...configArgs,
    tenant: { type: 'string', description: 'With --database or --config: whose sessions', valueHint: 'id' },
    limit: {
      type: 'string',
      description: 'Latest assessments to read from a database; default 2000',
      valueHint: 'N',
    },
    policy: {
      type: 'string',
      description: 'With --data: policy file; default the shipped policy',
      valueHint: 'file',
    },
    action: {
      type: 'string',
      description: 'With --data: action that a login asks for; default sign-in',
      valueHint: 'name',
    },
  },
  run: async (args) => {
    const stored = args.database !== undefined || args.config !== undefined
    if (stored && args.data !== undefined)
      throw new Failure('Sessions come from --data or from --database, not from both.')
    if (stored) {
      const { rows, sessions } = await fromDatabase(args)
      writeJson(args.json, { sessions, rows })
      process.stdout.write(`${sessions} sessions of the owners\n${textOf(rows)}\n`)
      return
    }
    const action = args.action ?? 'sign-in'
    const { rows, sha256 } = await swapsOfFile({
      file: requireData(args.data),
      policy: policyFor(args.policy, action),
      action,
      methods: ['email'],
      learns: Infinity,
      passes: { genuine: 0.97, attacker: 0.02 },
      progress: createProgress(),
    })
    writeJson(args.json, { sha256, rows })
    process.stdout.write(`SHA-256 ${sha256}\n${textOf(rows)}\n`)
  },
})
