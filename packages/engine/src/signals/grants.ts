import { acrSatisfies } from '@newel/protocol'
import type { Grant } from '../facts.ts'

const dayMs = 86_400_000

/** By `newel:otp` or better. A back end's word alone is not a proof. */
export const isStrong = ({ acr, method }: Grant): boolean =>
  method !== 'vouched' && acrSatisfies(acr, 'newel:otp')

/** Days without a bad label (which would have revoked it) after which a grant has aged: longer after a mailed code. */
export const agedGrant = (grant: Grant, nowMs: number): boolean =>
  nowMs - grant.atMs >= (isStrong(grant) || grant.method === 'vouched' ? 7 : 14) * dayMs

/** Grants of the key of a request that count there: not revoked, and the key was proven and is no passing one. */
export const grantsOf = (
  grants: readonly Grant[],
  device: { readonly jkt?: string; readonly ephemeral: boolean },
  proven: boolean,
): readonly Grant[] =>
  proven && !device.ephemeral && device.jkt !== undefined
    ? grants.filter((grant) => grant.jkt === device.jkt)
    : []
