import type { Params } from '@newel/protocol'
import * as v from 'valibot'
import { explainIssues } from '../policy/explain.ts'
import type { CompiledPolicy, PolicyError } from '../policy/types.ts'
import { contextOfFacts } from './expression.ts'
import { ruleFacts, type RuleFact } from './facts.ts'
import { evaluateIn, type RuleVerdict } from './rules.ts'

const schemaOfType = {
  bool: v.boolean(),
  int: v.pipe(v.number(), v.safeInteger()),
  double: v.pipe(v.number(), v.finite()),
  string: v.string(),
  'list<string>': v.array(v.string()),
} as const satisfies Record<RuleFact['type'], v.GenericSchema>

function schemaOf({ type, values, about }: RuleFact): v.GenericSchema {
  const oneOf = values === undefined ? undefined : v.picklist([...values])
  const schema: v.GenericSchema =
    oneOf === undefined ? schemaOfType[type] : type === 'list<string>' ? v.array(oneOf) : oneOf
  return v.pipe(schema, v.description(about))
}

const givenParams = v.pipe(
  v.record(v.string(), v.union([v.string(), v.boolean(), v.pipe(v.number(), v.safeInteger())])),
  v.description('Params of the action, by name.'),
)

/** Facts as a person writes them down, by group and name. What is left out is not known. */
export const givenFacts = v.strictObject({
  params: v.optional(givenParams),
  ...Object.fromEntries(
    Object.entries(ruleFacts).map(([group, facts]) => [
      group,
      v.optional(
        v.strictObject(
          Object.fromEntries(
            Object.entries(facts as Readonly<Record<string, RuleFact>>).map(([name, fact]) => [
              name,
              v.optional(schemaOf(fact)),
            ]),
          ),
        ),
      ),
    ]),
  ),
})

export type GivenFacts = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** Checks facts that a person wrote down, or says of each mistake where and what it is. */
export function checkFacts(
  input: unknown,
):
  | { readonly ok: true; readonly facts: GivenFacts }
  | { readonly ok: false; readonly errors: readonly PolicyError[] } {
  const parsed = v.safeParse(givenFacts, input)
  if (!parsed.success) return { ok: false, errors: explainIssues(givenFacts, parsed.issues) }
  return { ok: true, facts: parsed.output as GivenFacts }
}

/**
 * What the rules of a policy say of such facts. Without `request.action` each is evaluated whatever actions it is about. A
 * rule fails, as it would in a decision, where it reads a fact that is not given.
 */
export function rulesOn(policy: Pick<CompiledPolicy, 'rules'>, facts: GivenFacts): readonly RuleVerdict[] {
  const action = facts['request']?.['action']
  const params = (facts['params'] ?? {}) as Params
  const name = typeof action === 'string' ? action : undefined
  return evaluateIn(policy.rules, name, contextOfFacts(facts), { params })
}
