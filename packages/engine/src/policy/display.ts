import type { Params } from '@newel/protocol'
import type { CompiledPolicy } from './types.ts'

/** `{name}` in a display text. */
export const placeholder = /\{([^{}]*)\}/g

// Control characters and those that turn the direction of text: a payee must not be able to repaint the amount.
const deceptive = /[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu

function textFor(texts: Readonly<Record<string, string>>, locale: string | undefined): string | undefined {
  const languages = Object.keys(texts)
  const wanted = (locale ?? 'en').toLowerCase()
  const primary = (tag: string): string => tag.toLowerCase().split('-')[0]!
  const found =
    languages.find((tag) => tag.toLowerCase() === wanted) ??
    languages.find((tag) => tag.toLowerCase() === primary(wanted)) ??
    languages.find((tag) => primary(tag) === primary(wanted)) ??
    languages.find((tag) => primary(tag) === 'en') ??
    languages[0]
  return found === undefined ? undefined : texts[found]
}

/**
 * The action as the person sees it: the display text in the nearest language (the locale, its primary language, English,
 * the first) with the params in full. An action without one shows its name.
 */
export function renderDisplay(
  policy: CompiledPolicy,
  action: string,
  params: Params,
  locale: string | undefined,
): string {
  const template = textFor(policy.actions.get(action)?.display ?? {}, locale)
  if (template === undefined) return action
  return template.replace(placeholder, (whole, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]).replace(deceptive, '\uFFFD') : whole,
  )
}
