import type { Answer, Call } from '../services.ts'
import { assessment, consume } from './assessments.ts'
import { challenge, challengeCancel, challengeStart, challengeVerify } from './challenges.ts'
import { enrollment, enrollmentCancel, enrollmentStart, enrollmentVerify } from './enrollments.ts'
import { event } from './events.ts'
import { feedback } from './feedback.ts'
import { hello } from './hello.ts'
import { jwks, livez, openapi, readyz } from './public.ts'
import { signals } from './signals.ts'
import type { RouteBody, RouteName } from './specs/index.ts'
import {
  authenticatorRemove,
  authenticators,
  deviceRevoke,
  devices,
  enrollmentOpen,
  subjectErase,
  subjectExport,
  subjectPut,
} from './subjects.ts'

type Handler<N extends RouteName> = (call: Call<RouteBody<N>>) => Promise<Answer>

/** One handler a route; the compiler names one that is missing. */
export const handlers: { readonly [N in RouteName]: Handler<N> } = {
  hello,
  signals,
  challenge,
  challengeStart,
  challengeVerify,
  challengeCancel,
  enrollment,
  enrollmentStart,
  enrollmentVerify,
  enrollmentCancel,
  assessment,
  consume,
  event,
  feedback,
  subjectPut,
  subjectExport,
  subjectErase,
  authenticators,
  devices,
  deviceRevoke,
  enrollmentOpen,
  authenticatorRemove,
  jwks,
  livez,
  readyz,
  openapi,
}
