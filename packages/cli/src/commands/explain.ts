import { compilePolicy, didYouMean, explainDecision, shippedModel, shippedModelVersion } from '@newel/engine'
import type { CompiledPolicy, Explanation } from '@newel/engine'
import { existsSync } from 'node:fs'
import { command, configArgs } from '../command.ts'
import { loadConfig } from '../config/load.ts'
import { openStored } from '../database.ts'
import { readers, sayExplanation } from '../explain/say.ts'
import type { Reader } from '../explain/say.ts'
import { Failure, messageOf } from '../failure.ts'
import { readText } from '../json-file.ts'
import { readPolicyFile } from '../policy/read.ts'
import { findAssessment } from '../policy/stored.ts'

interface Found {
  readonly record: string
  readonly policy: CompiledPolicy
  readonly policyVersion: string
}

/** The version of a policy that comes from a file is not known: the record is never said to be made under it. */
const ofFile = { policyVersion: '' }

function explained({ record, policy, policyVersion }: Found): Explanation {
  try {
    const model = { model: shippedModel, modelVersion: shippedModelVersion }
    return explainDecision(record, { policy, policyVersion, ...model })
  } catch (error) {
    throw new Failure(`The record cannot be explained: ${messageOf(error)}`, [
      'Give the policy that it was made under with --policy.',
    ])
  }
}

async function stored(
  id: string,
  from: {
    readonly config?: string | undefined
    readonly database?: string | undefined
    readonly tenant?: string | undefined
  },
): Promise<Found> {
  const config = loadConfig({ env: process.env, file: from.config, flags: { database: from.database } })
  const database = await openStored(config.database)
  try {
    const { assessment, tenant } = await findAssessment(database.store, id, from.tenant)
    const compiled = compilePolicy(JSON.parse(tenant.policy))
    if (!compiled.ok) throw new Failure(`The stored policy ${tenant.policyVersion} does not compile.`)
    return {
      record: assessment.record,
      policy: compiled.policy,
      policyVersion: tenant.policyVersion,
    }
  } finally {
    await database.close()
  }
}

function readerOf(written: string | undefined): Reader {
  const reader = readers.find((known) => known === (written ?? 'developer'))
  if (reader === undefined)
    throw new Failure(`--for is person, developer or auditor${didYouMean(written ?? '', readers)}`)
  return reader
}

export const explain = command({
  name: 'explain',
  description: 'Says why a decision was made, out of its record, to a person, a developer or an auditor',
  example: 'newel explain asm_… --for auditor',
  args: {
    ...configArgs,
    assessment: {
      type: 'positional',
      description: 'Id of a stored assessment, or a file that holds a record',
      required: true,
    },
    for: { type: 'string', description: 'person, developer (default) or auditor', valueHint: 'reader' },
    policy: { type: 'string', description: 'Policy file; default that of the tenant', valueHint: 'file' },
    tenant: { type: 'string', description: 'Look in this tenant alone', valueHint: 'id' },
    json: { type: 'boolean', description: 'All of it as JSON' },
  },
  run: async ({ assessment, for: written, policy: path, tenant, json, config, database }) => {
    const reader = readerOf(written)
    const given = path === undefined ? undefined : readPolicyFile(path)
    const isFile = existsSync(assessment)
    if (isFile && given === undefined)
      throw new Failure('A record in a file names no tenant: say with --policy what it is explained under.')
    const found =
      isFile && given !== undefined
        ? { record: readText(assessment, 'record'), policy: given, ...ofFile }
        : await stored(assessment, { config, database, tenant })
    const explanation = explained(given === undefined ? found : { ...found, policy: given, ...ofFile })
    process.stdout.write(
      `${json === true ? JSON.stringify(explanation, null, 2) : sayExplanation(explanation, reader)}\n`,
    )
  },
})
