import { checkFacts, policyWarnings, recompute, shippedModel } from '@newel/engine'
import type { CompiledPolicy } from '@newel/engine'
import { policyJsonSchema } from '@newel/server'
import { command, commandGroup, configArgs } from '../command.ts'
import { loadConfig } from '../config/load.ts'
import { openStored } from '../database.ts'
import { Failure } from '../failure.ts'
import { readJson } from '../json-file.ts'
import { sayFacts, sayOutline, sayRules } from '../policy/outline.ts'
import { readPolicyFile, sayMistake } from '../policy/read.ts'
import { findAssessment } from '../policy/stored.ts'

const file = { type: 'positional', description: 'Policy, as JSON', required: true } as const

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

const check = command({
  name: 'policy check',
  description:
    'Says every mistake of a policy, with its place and what was probably meant; ends with 1 where there is one',
  example: 'newel policy check policy.json',
  args: { file },
  run: async ({ file: path }) => {
    const policy = readPolicyFile(path)
    const warnings = policyWarnings(policy, Date.now())
    for (const warning of warnings) say(`look  ${sayMistake(warning)}`)
    const { actions, rules, lists } = policy.source
    const entries = (lists?.allow?.length ?? 0) + (lists?.deny?.length ?? 0)
    say(
      `ok    ${path}: actions ${Object.keys(actions).length}, rules ${rules?.length ?? 0}, entries of lists ${entries}${policy.shadow ? ', one policy in shadow' : ''}`,
    )
  },
})

function factsOf(path: string, policy: CompiledPolicy): string {
  const checked = checkFacts(readJson(path, 'file of facts'))
  if (checked.ok) return sayFacts(policy, checked.facts)
  throw new Failure(`The facts in ${path} have mistakes:`, checked.errors.map(sayMistake))
}

/** What a policy would have made of a stored assessment. */
async function assessmentsOf(
  ids: readonly string[],
  policy: CompiledPolicy,
  from: { readonly config: string | undefined; readonly database: string | undefined },
): Promise<string> {
  const config = loadConfig({ env: process.env, file: from.config, flags: { database: from.database } })
  const database = await openStored(config.database)
  try {
    const parts: string[] = []
    for (const id of ids) {
      const { assessment } = await findAssessment(database.store, id, undefined)
      if (!policy.actions.has(assessment.action))
        throw new Failure(`The policy declares no action ${assessment.action}, which ${id} is about.`)
      const would = recompute(assessment.record, { policy, model: shippedModel })
      const shadow = would.shadow && `\n  in shadow: ${would.shadow.decision}, ${would.shadow.level}`
      const rules = would.rules.length === 0 ? '' : `\n${sayRules(would.rules)}`
      parts.push(
        `${id} (${assessment.action}): was ${assessment.decision}, ${assessment.level}; this policy says ${would.decision}, ${would.level}${shadow ?? ''}${rules}`,
      )
    }
    return parts.join('\n\n')
  } finally {
    await database.close()
  }
}

const explain = command({
  name: 'policy explain',
  description:
    'Says what each action asks at each band, and which rules speak on given facts or stored assessments',
  example: 'newel policy explain policy.json --facts facts.json',
  args: {
    ...configArgs,
    file,
    facts: { type: 'string', description: 'Facts as JSON, by group and name', valueHint: 'file' },
    assessment: { type: 'string', description: 'Stored assessments, separated by commas', valueHint: 'id' },
  },
  run: async ({ file: path, facts, assessment, config, database }) => {
    const policy = readPolicyFile(path)
    if (facts === undefined && assessment === undefined) {
      say(sayOutline(policy))
      if (policy.shadow !== undefined) say(`\nIn shadow, never enforced:\n\n${sayOutline(policy.shadow)}`)
      return
    }
    if (facts !== undefined) say(factsOf(facts, policy))
    if (assessment === undefined) return
    const ids = assessment.split(',').map((id) => id.trim())
    say(await assessmentsOf(ids, policy, { config, database }))
  },
})

const schema = command({
  name: 'policy schema',
  description: 'Prints the JSON schema of policies, for editors',
  example: 'newel policy schema > policy.schema.json',
  args: {},
  run: async () => {
    say(JSON.stringify(await policyJsonSchema(), null, 2))
  },
})

export const policy = commandGroup({
  name: 'policy',
  description: 'Finds the mistakes of a policy, and says what it asks',
  commands: { check, explain, schema },
})
