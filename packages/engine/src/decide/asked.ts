import { strongerAcr, type Acr, type Consequence, type MethodName, type Requirement } from '@newel/protocol'

/** Freshness where a requirement names none: that of an area (design, section 3). */
export const defaultMaxAgeSeconds = 900

/** What is asked, by one verdict or by several. */
export interface Asked {
  readonly deny: boolean
  /** `newel:base` asks nothing beyond the sign-in. */
  readonly acr: Acr
  /** Oldest proof that counts; infinite where nothing is asked that has a date. */
  readonly maxAgeSeconds: number
  /** Methods that may be used, in order of their names; all where absent. */
  readonly methods?: readonly MethodName[]
}

export const nothingAsked: Asked = { deny: false, acr: 'newel:base', maxAgeSeconds: Infinity }
export const denied: Asked = { ...nothingAsked, deny: true }

/** A freshness alone asks for the least that Newel can date: a confirmed contact. */
export function askedBy(verdict: 'deny' | Partial<Requirement> | Consequence): Asked {
  if (verdict === 'deny') return denied
  const { acr: least = 'newel:base', max_age_s: age, methods } = verdict
  const acr = least === 'newel:base' && age !== undefined ? 'newel:contact' : least
  return {
    deny: false,
    acr,
    maxAgeSeconds: age ?? (acr === 'newel:base' ? Infinity : defaultMaxAgeSeconds),
    ...(methods === undefined ? {} : { methods: [...new Set(methods)].sort() }),
  }
}

function common(
  a: readonly MethodName[] | undefined,
  b: readonly MethodName[] | undefined,
): readonly MethodName[] | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return a.filter((method) => b.includes(method))
}

/**
 * The stricter of two in every respect: the stronger acr, the shorter freshness, the methods that both allow. Order and
 * repetition mean nothing.
 */
export function stricter(a: Asked, b: Asked): Asked {
  const methods = common(a.methods, b.methods)
  return {
    deny: a.deny || b.deny,
    acr: strongerAcr(a.acr, b.acr),
    maxAgeSeconds: Math.min(a.maxAgeSeconds, b.maxAgeSeconds),
    ...(methods === undefined ? {} : { methods }),
  }
}
