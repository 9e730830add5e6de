import { reasons, type ReasonCode } from '@newel/protocol'
import type { CompiledPolicy } from '../policy/types.ts'

/** What a reason code says, for a developer; a rule or an entry says what its author wrote. */
export function textOfReason(code: string, policy: Pick<CompiledPolicy, 'rules' | 'entries'>): string {
  if (Object.hasOwn(reasons, code)) return reasons[code as ReasonCode]
  const [kind, id] = [code.slice(0, 5), code.slice(5)]
  if (kind === 'rule:') return policy.rules.find((rule) => rule.id === id)?.reason ?? code
  if (kind === 'list:') return policy.entries.find((entry) => entry.id === id)?.source.reason ?? code
  return code
}
