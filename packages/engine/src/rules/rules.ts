import type { Consequence, Params } from '@newel/protocol'
import { ruleContext, type Condition, type RuleContext } from './expression.ts'
import type { FactSource } from './facts.ts'
import type { Answers } from './params.ts'

/** A rule of the policy, ready to be evaluated. */
export interface CompiledRule {
  readonly id: string
  readonly mode: 'enforce' | 'shadow'
  readonly condition: Condition
  readonly then: Consequence
  readonly reason: string
  /** Actions that it is about; all where absent. */
  readonly actions?: readonly string[]
}

/** What a rule said of a request. */
export interface RuleVerdict {
  readonly id: string
  readonly mode: CompiledRule['mode']
  /** `failed`: it could not be evaluated, and counts as if it held. `elsewhere`: it is about other actions. */
  readonly said: 'holds' | 'quiet' | 'failed' | 'elsewhere'
}

/** What a rule that reads params goes by: the params themselves, or what a record says that such rules said. */
export interface Asked {
  readonly params?: Params
  readonly answers?: Answers
}

function evaluate(
  rule: CompiledRule,
  action: string | undefined,
  context: RuleContext,
  { params, answers }: Asked,
): RuleVerdict {
  const { id, mode, actions, condition } = rule
  if (actions !== undefined && action !== undefined && !actions.includes(action))
    return { id, mode, said: 'elsewhere' }
  // What it would have said of params that nobody kept is not known: the stricter outcome.
  if (condition.answer !== undefined && params === undefined)
    return { id, mode, said: answers?.[condition.answer] ?? 'failed' }
  try {
    return { id, mode, said: condition.holds(context, params) ? 'holds' : 'quiet' }
  } catch {
    // A fact that is not known, a division by zero: the stricter outcome, and never that of who leaves something out.
    return { id, mode, said: 'failed' }
  }
}

/** What every rule says of facts, in the order of the policy; of any action where none is given. */
export const evaluateIn = (
  rules: readonly CompiledRule[],
  action: string | undefined,
  context: RuleContext,
  asked: Asked,
): readonly RuleVerdict[] => rules.map((rule) => evaluate(rule, action, context, asked))

/** What every rule says of a request, in the order of the policy. */
export const evaluateRules = (rules: readonly CompiledRule[], source: FactSource): readonly RuleVerdict[] =>
  rules.length === 0 ? [] : evaluateIn(rules, source.situation.action, ruleContext(source), source.situation)

/** Whether a rule asks something now. */
export const speaks = ({ mode, said }: RuleVerdict): boolean =>
  mode === 'enforce' && (said === 'holds' || said === 'failed')

/** What the rules that read params said, for the record. */
export const answersOf = (rules: readonly CompiledRule[], verdicts: readonly RuleVerdict[]): Answers =>
  Object.fromEntries(
    verdicts.flatMap(({ said }, index) => {
      const key = rules[index]?.condition.answer
      return key === undefined || said === 'elsewhere' ? [] : [[key, said]]
    }),
  )
