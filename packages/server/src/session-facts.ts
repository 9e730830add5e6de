import type { AssessmentContext, SessionFacts } from '@newel/engine'

/**
 * How long this session lay unused, and how many other devices use the account now. Sessions of one device key are one device;
 * one without a key is one by itself.
 *
 * @param jkt key of a receipt that is valid here
 */
export function sessionFacts(
  { session, others }: Pick<AssessmentContext, 'session' | 'others'>,
  jkt: string | undefined,
  nowMs: number,
): SessionFacts {
  const own = jkt ?? session?.jkt
  const devices = new Set(others.map((other) => other.jkt ?? `session ${other.session}`))
  if (own !== undefined) devices.delete(own)
  return {
    ...(session !== undefined && {
      idleMinutes: Math.max(0, Math.floor((nowMs - session.seenAtMs) / 60_000)),
    }),
    others: devices.size,
  }
}
