import type { AuthenticatorView, ChallengeReference, MethodName } from '@newel/protocol'
import type { NewelErrorCode } from './errors.ts'

/** Names and details of the events, which bubble as CustomEvents; no detail carries a code, a key or a token. */
export interface EventDetails {
  /** A prompt is about to open. `preventDefault()` leaves the answer of the back end to the caller. */
  'newel:required': { readonly challenge: ChallengeReference }
  'newel:opened': PromptDetail
  /** A code is on its way. */
  'newel:challenge-sent': MethodDetail
  'newel:verified': MethodDetail & { readonly authenticator?: AuthenticatorView }
  /** An answer was not accepted. */
  'newel:failed': MethodDetail & { readonly attemptsLeft: number }
  'newel:cancelled': PromptDetail
  'newel:expired': PromptDetail
  'newel:error': PromptDetail & { readonly code: NewelErrorCode }
}
/** Id of the challenge or of the enrolment. */
export interface PromptDetail {
  readonly id: string
}
export interface MethodDetail extends PromptDetail {
  readonly method: MethodName
}

export type EventName = keyof EventDetails
export type Handler<N extends EventName> = (event: CustomEvent<EventDetails[N]>) => void
/** Tells the client's own handlers, then the page. Returns `false` when somebody prevented the default. */
export type Emit = <N extends EventName>(name: N, detail: EventDetails[N], target?: EventTarget) => boolean

export interface Events {
  readonly emit: Emit
  /** Returns how to take the handler off again. */
  readonly on: <N extends EventName>(name: N, handler: Handler<N>) => () => void
}

export function createEvents(): Events {
  const own = new EventTarget()
  return {
    emit(name, detail, element = document) {
      const cancelable = name === 'newel:required'
      const event = new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable })
      own.dispatchEvent(event)
      element.dispatchEvent(event)
      return !event.defaultPrevented
    },
    on(name, handler) {
      const listener = handler as EventListener
      own.addEventListener(name, listener)
      return () => own.removeEventListener(name, listener)
    },
  }
}
