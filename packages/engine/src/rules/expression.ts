import { Environment } from '@marcbachmann/cel-js'
import type { Params } from '@newel/protocol'
import { factsByName, ruleFacts, type FactSource, type RuleFact } from './facts.ts'
import { inspect, type Mistake } from './inspect.ts'
import { answerKey, celParams, decimal, type ParamScope } from './params.ts'

/** A condition that was checked. */
export interface Condition {
  /**
   * Whether it holds.
   *
   * @param params of the question, where it reads any
   * @throws Error where it cannot be evaluated, such as when it reads a fact that is not known of this request
   */
  holds(context: RuleContext, params?: Params): boolean
  /** Where it reads params: under which a record keeps what it said, since it keeps no params. */
  readonly answer?: string
  /** Facts that it reads, by full name. */
  readonly reads: readonly string[]
  /** Those of them that are not always known and that it does not ask `has(…)` of. */
  readonly unguarded: readonly string[]
}

export type ConditionResult =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] }

/** Facts as the expressions read them, made once for all rules of a decision. */
export type RuleContext = Readonly<Record<string, object>>

type FactGroup = new (values: Readonly<Record<string, unknown>>) => object

/** The library types objects by their constructor: one for each group of facts. */
function groupClass(): FactGroup {
  function Facts(this: object, values: Readonly<Record<string, unknown>>): void {
    Object.assign(this, values)
  }
  return Facts as unknown as FactGroup
}

const groupClasses = new Map(Object.keys(ruleFacts).map((group) => [group, groupClass()]))

// Structure is bounded when a policy is loaded, lists of facts in their declaration, and what may be called in
// `inspect`: no expression that compiles takes more than some thousand steps.
const limits = { maxAstNodes: 200, maxDepth: 24, maxListElements: 64, maxMapEntries: 0, maxCallArguments: 2 }

const environment = [...Object.entries(ruleFacts)].reduce(
  (made, [group, facts]) => {
    const fields = Object.fromEntries(
      Object.entries(facts as Readonly<Record<string, RuleFact>>).map(([name, { type }]) => [name, type]),
    )
    // A group and the type of it cannot have one name.
    const type = `Newel_${group}`
    return made.registerType(type, { ctor: groupClasses.get(group)!, fields }).registerVariable(group, type)
  },
  new Environment({ limits }).registerFunction('decimal(string): double', decimal),
)

/** A fact as CEL takes it: whole numbers are a type of their own there. */
function celValue({ type }: RuleFact, value: unknown): unknown {
  return type === 'int' ? BigInt(Math.trunc(value as number)) : value
}

/** Facts of one request. What is not known is left out, so that `has(…)` says so. */
export function ruleContext(source: FactSource): RuleContext {
  const context: Record<string, object> = {}
  for (const [group, facts] of Object.entries(ruleFacts)) {
    const values: Record<string, unknown> = {}
    for (const [name, fact] of Object.entries(facts as Readonly<Record<string, RuleFact>>)) {
      const value = fact.read(source)
      if (value !== undefined) values[name] = celValue(fact, value)
    }
    context[group] = new (groupClasses.get(group)!)(values)
  }
  return context
}

/** Facts that a person wrote down, by group and name, as the expressions read them. */
export function contextOfFacts(
  given: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): RuleContext {
  return Object.fromEntries(
    [...groupClasses].map(([group, Made]) => {
      const values = Object.entries(given[group] ?? {}).map(([name, value]) => [
        name,
        celValue(factsByName.get(`${group}.${name}`)!, value),
      ])
      return [group, new Made(Object.fromEntries(values) as Readonly<Record<string, unknown>>)]
    }),
  )
}

interface LibraryError {
  readonly summary: string
  readonly range?: { readonly start: number }
}

const said = ({ summary, range }: LibraryError): Mistake => ({
  at: range?.start ?? 0,
  message: summary.replaceAll(/\bNewel_/g, ''),
})

/** By these the library tells what an object is. */
const reserved = ['constructor', '__proto__']

/** The same with the params of a rule's actions; names that no expression can write are left out. */
function environmentOf(scope: ParamScope): { readonly environment: Environment; readonly Made: FactGroup } {
  const Made = groupClass()
  const written = [...scope.types].filter(([name]) => /^[A-Za-z_]\w*$/.test(name) && !reserved.includes(name))
  return {
    Made,
    environment: environment
      .clone()
      .registerType('Newel_params', { ctor: Made, fields: Object.fromEntries(written) })
      .registerVariable('params', 'Newel_params'),
  }
}

/**
 * Checks an expression: syntax, names, what it calls, types; or says of each mistake where and what it is.
 *
 * @param scope params that it may read; none where the rule names no actions
 */
export function compileCondition(source: string, scope?: ParamScope): ConditionResult {
  // Most rules read none, and an environment of their own takes a millisecond.
  const { environment: known, Made } =
    scope !== undefined && source.includes('params') ? environmentOf(scope) : { environment }
  let parsed: ReturnType<Environment['parse']>
  try {
    parsed = known.parse(source)
  } catch (error) {
    return { ok: false, mistakes: [said(error as LibraryError)] }
  }
  const found = inspect(parsed.ast, scope)
  if (found.mistakes.length > 0) return { ok: false, mistakes: found.mistakes }
  const checked = parsed.check()
  if (!checked.valid) return { ok: false, mistakes: [said(checked.error as unknown as LibraryError)] }
  if (checked.type !== 'bool') {
    return {
      ok: false,
      mistakes: [{ at: 0, message: `must be true or false, and is of type ${String(checked.type)}` }],
    }
  }
  const read = [...(scope?.types ?? [])].filter(([name]) => found.reads.includes(`params.${name}`))
  const readsParams = read.length > 0
  const paramsOf = (params: Params): object | undefined => Made && new Made(celParams(read, params))
  return {
    ok: true,
    condition: {
      holds(context, params = {}) {
        const value: unknown = parsed(readsParams ? { ...context, params: paramsOf(params) } : context)
        if (typeof value !== 'boolean') throw new TypeError('the condition is neither true nor false')
        return value
      },
      reads: found.reads,
      ...(readsParams ? { answer: answerKey(source) } : {}),
      unguarded: found.reads.filter(
        (name) => factsByName.get(name)?.optional === true && !found.guarded.includes(name),
      ),
    },
  }
}
