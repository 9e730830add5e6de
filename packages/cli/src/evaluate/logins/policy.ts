import { compilePolicy, defaultPolicy, type CompiledPolicy } from '@newel/engine'
import { readFileSync } from 'node:fs'
import { Failure, messageOf } from '../../failure.ts'

/** The policy of a file, or the default one with `sign-in`; `observe` would hide what it decides, so it is enforced. */
export function policyFor(file: string | undefined, action: string): CompiledPolicy {
  let input: unknown = {
    ...defaultPolicy,
    actions: { [action]: { params: 'none', starts_session: true } },
  }
  if (file !== undefined) {
    try {
      input = JSON.parse(readFileSync(file, 'utf8'))
    } catch (error) {
      throw new Failure(`The policy file ${file} cannot be read: ${messageOf(error)}`, [], error)
    }
  }
  const compiled = compilePolicy(input)
  if (!compiled.ok) {
    throw new Failure(
      `The policy ${file ?? ''} has mistakes:`,
      compiled.errors.map(({ path, message }) => `${path}: ${message}`),
    )
  }
  const declared = compiled.policy.actions.get(action)
  if (declared === undefined)
    throw new Failure(`The policy declares no action "${action}".`, ['--action names the one to ask about.'])
  if (declared.params !== 'none')
    throw new Failure(`The action "${action}" has params; a sign-in has none.`, [
      '--action names another one.',
    ])
  return { ...compiled.policy, mode: 'enforce' }
}
