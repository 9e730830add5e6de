export { availableMethods, effectiveAcr, highestAcr, isActive, isDisabled } from './authenticator.ts'
export {
  attemptAllowed,
  isOpen,
  nextSendAtMs,
  type AttemptLimits,
  type AttemptVerdict,
  type SendLimits,
} from './limits.ts'
