import { compilePolicy, defaultPolicy, type CompiledPolicy } from '@newel/engine'
import { Failure } from '../../failure.ts'
import { readPolicyFile, sayMistake } from '../../policy/read.ts'

function shippedWith(action: string): CompiledPolicy {
  const compiled = compilePolicy({
    ...defaultPolicy,
    actions: { [action]: { params: 'none', starts_session: true } },
  })
  if (compiled.ok) return compiled.policy
  throw new Failure(`No action can be called "${action}".`, compiled.errors.map(sayMistake))
}

/** The policy of a file, or the default one with `sign-in`; `observe` would hide what it decides, so it is enforced. */
export function policyFor(file: string | undefined, action: string): CompiledPolicy {
  const policy = file === undefined ? shippedWith(action) : readPolicyFile(file)
  const declared = policy.actions.get(action)
  if (declared === undefined)
    throw new Failure(`The policy declares no action "${action}".`, ['--action names the one to ask about.'])
  if (declared.params !== 'none')
    throw new Failure(`The action "${action}" has params; a sign-in has none.`, [
      '--action names another one.',
    ])
  return { ...policy, mode: 'enforce' }
}
