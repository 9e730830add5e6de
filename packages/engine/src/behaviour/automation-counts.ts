/** Counts of the signal `automation`, as facts list them. */
export const automationCounts = [
  'keys',
  'instant_keys',
  'fast_keys',
  'even_keys',
  'clicks',
  'instant_clicks',
  'centred_clicks',
  'jumps',
  'synthetic_keys',
  'synthetic_moves',
  'synthetic_clicks',
] as const
export type AutomationCounts = Readonly<Record<(typeof automationCounts)[number], number>>

export const namedCounts = (counts: readonly number[]): AutomationCounts =>
  Object.fromEntries(automationCounts.map((name, i) => [name, counts[i] ?? 0])) as AutomationCounts
