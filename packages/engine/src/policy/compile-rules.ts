import {
  acrSatisfies,
  methods as methodDeclarations,
  type AllowEntry,
  type Consequence,
  type DenyEntry,
  type MethodName,
  type Policy,
  type ReasonCode,
} from '@newel/protocol'
import { parseCidr } from '../rules/cidr.ts'
import { endOfDay } from '../rules/day.ts'
import { compileCondition, type Condition } from '../rules/expression.ts'
import { paramScope } from '../rules/params.ts'
import { isRemovable, removable, type CompiledEntry } from '../rules/lists.ts'
import type { CompiledRule } from '../rules/rules.ts'
import { builtInDeclarations } from './actions.ts'
import { found } from './explain.ts'
import { nearestName } from './nearest.ts'
import type { PolicyError } from './types.ts'

interface CompiledRules {
  readonly rules: readonly CompiledRule[]
  readonly entries: readonly CompiledEntry[]
  readonly errors: readonly PolicyError[]
}

/** Longest part of an address that facts hold. */
const longest = { 4: 24, 6: 48 } as const

const twice = (ids: readonly string[], at: (index: number) => readonly string[]): PolicyError[] =>
  ids.flatMap((id, index) =>
    ids.indexOf(id) === index ? [] : [found([...at(index), 'id'], `"${id}" is used twice: name each once`)],
  )

/** Whether none of the methods that a consequence leaves reaches the acr that it asks. */
function unreachable(then: Consequence): boolean {
  if (then === 'deny' || then.methods === undefined || then.acr === undefined) return false
  const { acr } = then
  return !then.methods.some((method: MethodName) => acrSatisfies(methodDeclarations[method].acr, acr))
}

function compileRule(
  rule: NonNullable<Policy['rules']>[number],
  at: readonly string[],
  { actions }: Policy,
  errors: PolicyError[],
): CompiledRule | undefined {
  const known = [...Object.keys(actions), ...Object.keys(builtInDeclarations)]
  for (const [index, name] of (rule.actions ?? []).entries()) {
    if (known.includes(name)) continue
    const message = `the policy declares no such action; declared are ${known.join(', ')}`
    errors.push(found([...at, 'actions', String(index)], message, nearestName(name, known)))
  }
  if (unreachable(rule.then))
    errors.push(found([...at, 'then', 'methods'], 'none of the listed methods reaches the acr'))
  const declaredActions = { ...actions, ...builtInDeclarations }
  const scope =
    rule.actions &&
    paramScope(
      rule.actions.flatMap((name) => {
        const declared = Object.hasOwn(declaredActions, name) ? declaredActions[name] : undefined
        return declared === undefined ? [] : [[name, declared] as const]
      }),
    )
  const compiled = compileCondition(rule.when, scope)
  if (!compiled.ok) {
    for (const { at: before, message, suggestion } of compiled.mistakes)
      errors.push(found([...at, 'when'], `at character ${before + 1}: ${message}`, suggestion))
    return undefined
  }
  return {
    id: rule.id,
    mode: rule.mode ?? 'enforce',
    condition: compiled.condition satisfies Condition,
    then: rule.then,
    reason: rule.reason,
    ...(rule.actions === undefined ? {} : { actions: rule.actions }),
  }
}

function removedCodes(
  entry: AllowEntry,
  at: readonly string[],
  errors: PolicyError[],
): readonly ReasonCode[] {
  for (const [index, code] of entry.removes.entries()) {
    if (isRemovable(code)) continue
    const message =
      'no entry removes this; reasons of evidence can be removed, floors of action and acr never'
    errors.push(found([...at, 'removes', String(index)], message, nearestName(code, removable)))
  }
  return entry.removes as readonly ReasonCode[]
}

function compileEntry(
  entry: AllowEntry | DenyEntry,
  kind: CompiledEntry['kind'],
  at: readonly string[],
  errors: PolicyError[],
): CompiledEntry {
  const { network: written, ...match } = entry.match
  const network = written === undefined ? undefined : parseCidr(written)
  const where = [...at, 'match', 'network']
  if (written !== undefined && network === undefined)
    errors.push(
      found(
        where,
        'expected a network such as "192.0.2.0/24" or "2001:db8::/48", no bits set behind its length',
      ),
    )
  if (network !== undefined && network.bits > longest[network.family])
    errors.push(found(where, `at most /${longest[network.family]}: Newel keeps no longer part of an address`))
  const untilMs = endOfDay(entry.expires)
  if (untilMs === undefined) errors.push(found([...at, 'expires'], 'there is no such day'))
  return {
    id: entry.id,
    kind,
    match,
    ...(network === undefined ? {} : { network }),
    untilMs: untilMs ?? 0,
    removes: 'removes' in entry ? removedCodes(entry, at, errors) : [],
    source: entry,
  }
}

/** Rules and lists of a policy, checked. */
export function compileRules(policy: Policy): CompiledRules {
  const errors: PolicyError[] = []
  const declared = policy.rules ?? []
  const rules = declared.flatMap(
    (rule, index) => compileRule(rule, ['rules', String(index)], policy, errors) ?? [],
  )
  errors.push(
    ...twice(
      declared.map(({ id }) => id),
      (index) => ['rules', String(index)],
    ),
  )
  const { allow = [], deny = [] } = policy.lists ?? {}
  const places = [
    ...allow.map((entry, index) => ({
      entry,
      kind: 'allow' as const,
      at: ['lists', 'allow', String(index)],
    })),
    ...deny.map((entry, index) => ({ entry, kind: 'deny' as const, at: ['lists', 'deny', String(index)] })),
  ]
  const entries = places.map(({ entry, kind, at }) => compileEntry(entry, kind, at, errors))
  errors.push(
    ...twice(
      places.map(({ entry }) => entry.id),
      (index) => places[index]?.at ?? [],
    ),
  )
  return { rules, entries, errors }
}
