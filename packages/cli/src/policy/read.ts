import { compilePolicy } from '@newel/engine'
import type { CompiledPolicy, PolicyError } from '@newel/engine'
import { Failure } from '../failure.ts'
import { readJson } from '../json-file.ts'

/** One line of a mistake; the file as a whole has no path. */
export const sayMistake = ({ path, message }: PolicyError): string => `${path || '(the file)'}: ${message}`

/** @throws Failure that names every mistake of the policy in the file */
export function readPolicyFile(path: string): CompiledPolicy {
  const compiled = compilePolicy(readJson(path, 'policy file'))
  if (compiled.ok) return compiled.policy
  const count = compiled.errors.length
  throw new Failure(
    `The policy ${path} has ${count === 1 ? 'a mistake' : `${count} mistakes`}:`,
    compiled.errors.map(sayMistake),
  )
}
