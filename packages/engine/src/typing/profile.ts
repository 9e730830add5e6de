import { decodeProfile } from '../profile/profile.ts'
import type { Slot } from './slot.ts'

/** What a stored profile knows of typing. @throws ProfileFormatError */
export const typingSlots = (profile: Uint8Array): readonly Slot[] =>
  decodeProfile(profile).anchors.get('typing@1') as readonly Slot[]
