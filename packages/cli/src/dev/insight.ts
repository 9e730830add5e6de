import { compilePolicy, recompute, featuresOfRecord, shippedModel, textOfReason } from '@newel/engine'
import type { AssessmentRow, CompiledPolicy, Grant, Store } from '@newel/engine'

/** One decision, in words. */
export interface Decision {
  readonly id: string
  readonly atMs: number
  readonly action: string
  readonly subject: string | undefined
  /** First characters of the key's thumbprint. */
  readonly device: { readonly id: string; readonly ephemeral: boolean } | undefined
  /** Probability of attack, 0 to 1. */
  readonly score: number
  readonly level: string
  readonly decision: 'allow' | 'challenge' | 'deny'
  /** What was asked or, with `allow`, what the session held. */
  readonly acr: string
  readonly reasons: readonly { readonly code: string; readonly text: string; readonly nats?: number }[]
}

/** What is known of a subject. */
export interface Learned {
  /** How well the subject was known at the latest decision: `new`, `unseen`, `enrolling` or `known`. */
  readonly state: string
  /** Which device keys were proven, by what and when; newest first. */
  readonly grants: readonly {
    readonly device: string
    readonly method: string
    readonly acr: string
    readonly atMs: number
  }[]
}

const short = (jkt: string): string => jkt.slice(0, 6)

/** A record says how its decision came about; nothing is where the policy has lost the action since. */
function describe(row: AssessmentRow, policy: CompiledPolicy): Decision | undefined {
  if (!policy.actions.has(row.action)) return undefined
  const { score, acr, reasons } = recompute(row.record, { policy, model: shippedModel })
  const { device } = featuresOfRecord(row.record)
  return {
    id: row.id,
    atMs: row.atMs,
    action: row.action,
    subject: row.subject,
    device: device.jkt === undefined ? undefined : { id: short(device.jkt), ephemeral: device.ephemeral },
    score,
    level: row.level,
    decision: row.decision,
    acr,
    reasons: reasons.map(({ code, nats }) => ({
      code,
      text: textOfReason(code, policy),
      ...(nats !== undefined && { nats }),
    })),
  }
}

async function policyOf(store: Store, tenant: string): Promise<CompiledPolicy | undefined> {
  const row = await store.readTenant(tenant)
  const compiled = row && compilePolicy(JSON.parse(row.policy))
  return compiled?.ok ? compiled.policy : undefined
}

/** Latest decisions of a tenant, newest first. */
export async function decisionsOf(store: Store, tenant: string, limit: number): Promise<readonly Decision[]> {
  const policy = await policyOf(store, tenant)
  if (!policy) return []
  const rows = await store.listAssessments({ tenant, limit })
  return rows.flatMap((row) => describe(row, policy) ?? [])
}

/** What is known of a subject by now; nothing where it was never seen. */
export async function learnedOf(store: Store, tenant: string, subject: string): Promise<Learned | undefined> {
  const { subject: row, grants } = await store.loadSubject({ tenant, subject, route: '', op: undefined })
  if (!row) return undefined
  const policy = await policyOf(store, tenant)
  const [latest] = await store.listAssessments({ tenant, subject, limit: 1 })
  const then =
    latest && policy?.actions.has(latest.action)
      ? recompute(latest.record, { policy, model: shippedModel }).state
      : 'unseen'
  return {
    // What was proven since counts from the next decision on.
    state: then === 'unseen' && grants.length > 0 ? 'enrolling' : then,
    grants: latestOfEach(grants).map(({ jkt, method, acr, atMs }) => ({
      device: short(jkt),
      method,
      acr,
      atMs,
    })),
  }
}

/** Of each device key and method the latest grant, newest first. */
function latestOfEach(grants: readonly Grant[]): readonly Grant[] {
  const oldestFirst = [...grants].sort((a, b) => a.atMs - b.atMs)
  const latest = new Map(oldestFirst.map((grant) => [`${grant.jkt} ${grant.method}`, grant]))
  return [...latest.values()].sort((a, b) => b.atMs - a.atMs)
}
