import { found } from './explain.ts'
import type { CompiledPolicy, PolicyError } from './types.ts'

/**
 * What a policy says that its author may not mean: entries that have expired, and conditions that read what is not always
 * known. None of it keeps the policy from being used.
 */
export function policyWarnings(policy: CompiledPolicy, nowMs: number): readonly PolicyError[] {
  const audits = (
    share: number | undefined,
    content: Omit<CompiledPolicy, 'shadow'>,
    above: readonly string[],
  ): PolicyError[] =>
    share !== undefined && share > 0 && typeof content.requirements.medium === 'string'
      ? [found([...above, 'audit_share'], 'nobody is audited: medium asks for nothing that could be passed')]
      : []
  const within = (content: Omit<CompiledPolicy, 'shadow'>, above: readonly string[]): PolicyError[] => [
    ...content.entries
      .filter(({ untilMs }) => untilMs <= nowMs)
      .map(({ id, kind, source }) => {
        const listed = content.source.lists?.[kind] ?? []
        const index = listed.findIndex((entry) => entry.id === id)
        const message = `the entry "${id}" has expired on ${source.expires} and counts for nothing`
        return found([...above, 'lists', kind, String(index)], message)
      }),
    ...content.rules.flatMap(({ condition }, index) =>
      condition.unguarded.map((fact) =>
        found(
          [...above, 'rules', String(index), 'when'],
          `${fact} is not always known: where it is not, the rule counts as if it held; has(${fact}) asks first`,
        ),
      ),
    ),
  ]
  const { shadow } = policy
  // What the policy in shadow takes over from the one in force was said there.
  const own = (member: 'rules' | 'lists'): boolean => policy.source.shadow?.[member] !== undefined
  const ofShadow =
    shadow === undefined
      ? []
      : [
          ...audits(policy.source.shadow?.audit_share, shadow, ['shadow']),
          ...within(
            {
              ...shadow,
              entries: own('lists') ? shadow.entries : [],
              rules: own('rules') ? shadow.rules : [],
            },
            ['shadow'],
          ),
        ]
  return [...audits(policy.source.audit_share, policy, []), ...within(policy, []), ...ofShadow]
}
