import { ProfileFormatError } from './bytes.ts'
import { decodeProfile, emptyProfile, withPending, type Profile } from './profile.ts'

/** A stored profile that was read, for a caller that decides about one subject several times: reading costs a third of a decision. */
export interface ReadProfile {
  readonly profile: Profile
  /** Its anchors with what waits. */
  readonly all: ReadonlyMap<string, unknown>
}

/** A profile that cannot be read is no profile: that is the stricter answer. */
export function readOrEmpty(bytes: Uint8Array): Profile {
  try {
    return decodeProfile(bytes)
  } catch (error) {
    if (error instanceof ProfileFormatError) return emptyProfile
    throw error
  }
}

/** Reads a stored profile for `decide`. It refers to the bytes, which must not change while it is used. */
export function readProfile(bytes: Uint8Array): ReadProfile {
  const profile = readOrEmpty(bytes)
  return { profile, all: withPending(profile) }
}
