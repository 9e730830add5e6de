import { givenFacts } from '@newel/engine'
import { policy } from '@newel/protocol'
import type { GenericSchema } from 'valibot'

/**
 * The JSON schema of a policy file, for editors, made from the schema that a policy is checked with. Its definition `facts`
 * is that of facts as `newel policy explain --facts` reads them. Conditions, and what depends on two members at once, are
 * checked when the policy is loaded.
 */
export async function policyJsonSchema(): Promise<Record<string, unknown>> {
  const { toJsonSchema } = await import('@valibot/to-json-schema')
  const json = (schema: GenericSchema): Record<string, unknown> => {
    const { $schema: _, ...rest } = toJsonSchema(schema, { errorMode: 'ignore' }) as Record<string, unknown>
    return rest
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Policy of Newel',
    ...json(policy),
    definitions: { facts: json(givenFacts) },
  }
}
