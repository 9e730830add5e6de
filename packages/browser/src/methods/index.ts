import type {
  EnrollmentResponse,
  EnrollmentStartResponse,
  MethodName,
  MethodResponse,
  StartResponse,
} from '@newel/protocol'
import type { Panel } from '../prompt/panel.ts'

/** The two calls that every challenge and every enrolment consists of. */
export interface Ceremony<Started, Response> {
  /** What the latest start returned; starts if there was none, so that going back and forth sends no second code. */
  start(): Promise<Started>
  /** Sends a code, or fetches options, anew. */
  restart(): Promise<Started>
  /** Whether the answer was accepted; then the prompt is over. The prompt says what was wrong. */
  verify(response: Response): Promise<boolean>
}

/** How one method is shown. Both resolve when the panel is ready to be used. */
export interface MethodModule<M extends MethodName> {
  answer(
    ceremony: Ceremony<Extract<StartResponse, { method: M }>, MethodResponse<M>>,
    panel: Panel,
  ): Promise<void>
  enroll(
    ceremony: Ceremony<Extract<EnrollmentStartResponse, { method: M }>, EnrollmentResponse<M>>,
    panel: Panel,
  ): Promise<void>
}

/** Each method is a chunk of its own, loaded when it is shown. The compiler asks for every method of the protocol. */
const loaders: { readonly [M in MethodName]: () => Promise<MethodModule<M>> } = {
  passkey: async () => (await import('./passkey.ts')).passkey,
  totp: async () => (await import('./totp.ts')).totp,
  email: async () => (await import('./email.ts')).email,
}

/** A method as the prompt runs it, which hands it only what its own calls returned. */
export interface AnyMethod {
  answer(ceremony: Ceremony<unknown, object>, panel: Panel): Promise<void>
  enroll(ceremony: Ceremony<unknown, object>, panel: Panel): Promise<void>
}

export const loadMethod = (name: MethodName): Promise<AnyMethod> => loaders[name]()

/** Whether this browser can do it; a method that a newer server offers is not known here. */
export const isUsable = (name: MethodName): boolean =>
  name in loaders && (name !== 'passkey' || 'PublicKeyCredential' in globalThis)
