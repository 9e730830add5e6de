import { outlinePolicy, rulesOn } from '@newel/engine'
import type { ActionOutline, BandOutline, CompiledPolicy, GivenFacts, RuleVerdict } from '@newel/engine'

const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

function ageOf(seconds: number): string {
  if (seconds >= 3600 && seconds % 3600 === 0) return many(seconds / 3600, 'hour')
  if (seconds >= 60 && seconds % 60 === 0) return many(seconds / 60, 'minute')
  return many(seconds, 'second')
}

const highest = 'the highest acr that the subject has'

/**
 * What is asked, in words.
 *
 * @param builtIn of an action that guards authenticators
 */
export function sayAsked(
  { deny, acr, maxAgeSeconds, methods }: BandOutline['asks'],
  builtIn = false,
): string {
  if (deny) return 'denied'
  if (acr === 'newel:base' && !builtIn) return 'nothing'
  const by = methods === undefined ? '' : `, by ${methods.join(' or ')}`
  const least = acr === 'newel:base' ? `${highest}, nothing where it has none` : acr
  const more = builtIn && acr !== 'newel:base' ? ` and no less than ${highest}` : ''
  return `${least}${more}${by}, not older than ${ageOf(maxAgeSeconds)}`
}

function sayBand({ level, fromNats, fromScore, asks }: BandOutline, builtIn: boolean): string {
  const from =
    fromNats === undefined ? 'below' : `from ${fromNats.toFixed(2)} nats (p ${fromScore.toPrecision(2)})`
  return `  ${level.padEnd(9)} ${from.padEnd(28)} ${sayAsked(asks, builtIn)}`
}

function sayAction(action: ActionOutline): string {
  const notes = [
    action.once ? 'once' : '',
    action.startsSession ? 'may start a session' : '',
    action.builtIn ? 'built in: guards authenticators' : '',
    action.stakesNats === 0 ? '' : `stakes ${action.stakesNats} nats`,
  ].filter((note) => note !== '')
  return [
    `${action.action}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`,
    ...action.bands.map((band) => sayBand(band, action.builtIn)),
    ...(action.rules.length > 0 ? [`  rules     ${action.rules.join(', ')}`] : []),
  ].join('\n')
}

/** A share, as people say it. */
export const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`

function sayAudits({ auditShare, requirements }: Omit<CompiledPolicy, 'shadow'>): string {
  if (auditShare === 0) return 'Audits: none.'
  if (typeof requirements.medium === 'string')
    return 'Audits: none, since medium asks for nothing that could be passed.'
  return `Audits: ${percent(auditShare)} of the sessions that would be asked nothing are asked what medium asks, by chance.`
}

/** What every action asks at each band, and who is asked beside. */
export const sayOutline = (policy: Omit<CompiledPolicy, 'shadow'>): string =>
  [...outlinePolicy(policy).map(sayAction), sayAudits(policy)].join('\n\n')

const saidOf = {
  holds: 'holds',
  quiet: 'keeps quiet',
  failed: 'cannot be evaluated: counts as if it held',
  elsewhere: 'is about other actions',
} as const satisfies Record<RuleVerdict['said'], string>

/** What each rule said, one line a rule. */
export const sayRules = (rules: readonly RuleVerdict[]): string =>
  rules
    .map(({ id, mode, said }) => `  ${id}${mode === 'shadow' ? ' (shadow)' : ''}: ${saidOf[said]}`)
    .join('\n')

/** What the rules of a policy, and of the one in its shadow, say of facts. */
export function sayFacts(policy: CompiledPolicy, facts: GivenFacts): string {
  const parts: [string, Omit<CompiledPolicy, 'shadow'>][] = [['Rules on these facts', policy]]
  if (policy.shadow !== undefined) parts.push(['The same in the policy in shadow', policy.shadow])
  return parts
    .map(([title, part]) => `${title}:\n${sayRules(rulesOn(part, facts)) || '  there are none'}`)
    .join('\n\n')
}
