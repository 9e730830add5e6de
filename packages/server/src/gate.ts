import type { RouteSpec } from './routes/specs.ts'

/**
 * Bounds work in flight. Signals are turned away at three quarters of the limit, assessments at the limit, and calls that
 * finish something never: a person who has a code in hand gets through (design, section 6). With several tenants one alone
 * gets half.
 */
export function createGate(limit: number, tenants: number) {
  const share = tenants > 1 ? Math.ceil(limit / 2) : limit
  const byTenant = new Map<string, number>()
  let total = 0
  return {
    /** A function to call when done, or `undefined`: turned away before any work. */
    enter(shed: RouteSpec['shed'], request: Request): (() => void) | undefined {
      const tenant = claimed(request)
      const mine = byTenant.get(tenant) ?? 0
      const factor = shed === 'signals' ? 0.75 : 1
      if (shed !== 'never' && (total >= limit * factor || mine >= share * factor)) return undefined
      total += 1
      byTenant.set(tenant, mine + 1)
      return () => {
        total -= 1
        const left = (byTenant.get(tenant) ?? 1) - 1
        if (left === 0) byTenant.delete(tenant)
        else byTenant.set(tenant, left)
      }
    },
  }
}

/** Tenant as either key names it, unchecked. */
function claimed(request: Request): string {
  const key =
    request.headers.get('newel-key') ?? request.headers.get('authorization')?.replace(/^Bearer /i, '') ?? ''
  return /^[ps]k_([a-z0-9-]{1,32})_/.exec(key)?.[1] ?? ''
}
