import type { ActionDeclaration, Params, ParamValue } from '@newel/protocol'
import { tokenOf } from '../profile/token.ts'
import type { FactType } from './facts.ts'
import type { RuleVerdict } from './rules.ts'

/** Params of the actions that a rule is about: those that all of them declare alike, and why others cannot be read. */
export interface ParamScope {
  readonly types: ReadonlyMap<string, FactType>
  /** By name. */
  readonly refused: ReadonlyMap<string, string>
}

type Declared = Exclude<ActionDeclaration['params'], 'none'>[string]['type']
const celTypes = { string: 'string', boolean: 'bool', integer: 'int' } as const satisfies Record<
  Declared,
  FactType
>

const declaredBy = ({ params }: ActionDeclaration): Readonly<Record<string, { readonly type: Declared }>> =>
  params === 'none' ? {} : params

/** @param actions declarations of the actions that the rule names, by name */
export function paramScope(actions: readonly (readonly [string, ActionDeclaration])[]): ParamScope {
  const types = new Map<string, FactType>()
  const refused = new Map<string, string>()
  for (const name of new Set(actions.flatMap(([, action]) => Object.keys(declaredBy(action))))) {
    const without = actions.filter(([, action]) => !Object.hasOwn(declaredBy(action), name))
    const found = new Set(actions.map(([, action]) => declaredBy(action)[name]?.type))
    const [type] = found
    if (without.length > 0)
      refused.set(name, `${without.map(([action]) => `"${action}"`).join(', ')} declares no such param`)
    else if (found.size > 1 || type === undefined)
      refused.set(name, 'the actions of the rule declare it with different types')
    else types.set(name, celTypes[type])
  }
  return { types, refused }
}

function celValue(type: FactType, value: ParamValue): unknown {
  if (type === 'int') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  const fits = type === 'bool' ? typeof value === 'boolean' : typeof value === 'string'
  return fits ? value : undefined
}

/** Params as expressions read them. What is missing or of another type is not known, so that a rule that reads it fails. */
export const celParams = (
  types: readonly (readonly [name: string, type: FactType])[],
  params: Params,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    types.flatMap(([name, type]) => {
      const value = Object.hasOwn(params, name) ? celValue(type, params[name]!) : undefined
      return value === undefined ? [] : [[name, value]]
    }),
  )

const plain = /^-?\d{1,15}(\.\d{1,9})?$/

/**
 * `decimal("900.00")`. Whatever is no plain decimal ("NaN", "1e9", "1,000", "", a space before it) cannot be evaluated: with the
 * library's own `double("NaN")` no comparison holds, and who writes the text would switch the rule off.
 */
export function decimal(text: string): number {
  if (!plain.test(text)) throw new TypeError('not a plain decimal')
  return Number(text)
}

/** What conditions that read params said, by {@link answerKey}: a record holds no params. */
export type Answers = Readonly<Record<string, Answer>>
type Answer = Exclude<RuleVerdict['said'], 'elsewhere'>

const keyLength = 6
/** A condition by its text, so that what another one said is not taken for what this one would. */
export const answerKey = (source: string): string =>
  tokenOf(source).toString(16).padStart(8, '0').slice(-keyLength)

const marks = { holds: 'H', quiet: 'Q', failed: 'F' } as const satisfies Record<Answer, string>

export const packAnswers = (answers: Answers): string =>
  Object.entries(answers)
    .map(([key, said]) => key + marks[said])
    .join('')

export function unpackAnswers(packed: string): Answers {
  const answers: Record<string, Answer> = {}
  for (let i = 0; i < packed.length; i += keyLength + 1) {
    const mark = packed[i + keyLength]
    answers[packed.slice(i, i + keyLength)] = mark === 'H' ? 'holds' : mark === 'Q' ? 'quiet' : 'failed'
  }
  return answers
}
