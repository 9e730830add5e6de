import { builtInActions, type ActionDeclaration, type ParamValue, type Params } from '@newel/protocol'
import { didYouMean } from './nearest.ts'
import type { CompiledPolicy, ResolvedAction } from './types.ts'

/** Part of every policy: they guard authenticators and demand the highest acr that the subject has. */
export const builtInDeclarations: Readonly<Record<string, ActionDeclaration>> = {
  [builtInActions.enroll]: {
    params: { method: { type: 'string' } },
    once: true,
    display: { en: 'Add a way to sign in: {method}' },
  },
  [builtInActions.remove]: {
    params: { authenticator: { type: 'string' } },
    once: true,
    display: { en: 'Remove a way to sign in: {authenticator}' },
  },
}

export const isBuiltIn = (action: string): boolean => Object.hasOwn(builtInDeclarations, action)

export const declaredParams = (declaration: ActionDeclaration): readonly string[] =>
  declaration.params === 'none' ? [] : Object.keys(declaration.params)

const typeOf = (value: ParamValue): string => (typeof value === 'number' ? 'integer' : typeof value)
const article = (type: string): string => (type === 'integer' ? 'an integer' : `a ${type}`)
const pointer = (name: string): string => `/params/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`

/** The declaration of an action whose params fit it exactly, or what does not fit. */
export function resolveAction(policy: CompiledPolicy, action: string, params: Params): ResolvedAction {
  const declaration = policy.actions.get(action)
  if (declaration === undefined) {
    const detail = `the policy declares no such action${didYouMean(action, [...policy.actions.keys()])}`
    return { ok: false, problem: 'unknown_action', detail, errors: [{ pointer: '/action', detail }] }
  }
  const declared = declaration.params === 'none' ? {} : declaration.params
  const names = Object.keys(declared)
  const errors: { pointer: string; detail: string }[] = []
  for (const name of names) {
    const type = declared[name]!.type
    if (!Object.hasOwn(params, name))
      errors.push({ pointer: pointer(name), detail: `expected ${article(type)}, found none` })
    else if (typeOf(params[name]!) !== type) {
      errors.push({
        pointer: pointer(name),
        detail: `expected ${article(type)}, found ${article(typeOf(params[name]!))}`,
      })
    }
  }
  const extra = Object.keys(params).filter((name) => !Object.hasOwn(declared, name))
  for (const name of extra) {
    errors.push({
      pointer: pointer(name),
      detail: `the action declares no such param${didYouMean(name, names)}`,
    })
  }
  if (errors.length === 0) return { ok: true, declaration, params }
  return {
    ok: false,
    problem: 'invalid_params',
    detail: 'the params are not those that the action declares',
    errors,
  }
}
