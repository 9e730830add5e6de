import { compilePolicy } from '@newel/engine'
import type { CompiledPolicy, PolicyError } from '@newel/engine'
import { readFileSync } from 'node:fs'
import { Failure, messageOf } from '../failure.ts'

/** The JSON that a file holds; a mistake in its syntax is named with its place. */
export function readJson(path: string, what: string): unknown {
  let content: string
  try {
    content = readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failure(`The ${what} ${path} cannot be read: ${messageOf(error)}`, [], error)
  }
  try {
    return JSON.parse(content) as unknown
  } catch (error) {
    throw new Failure(`The ${what} ${path} is no valid JSON: ${messageOf(error)}`, [], error)
  }
}

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
