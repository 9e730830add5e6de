import type { ProblemCode } from '@newel/protocol'
import type * as v from 'valibot'

export interface RouteSpec {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** In Hono's form; params in `{}` for OpenAPI. */
  readonly path: string
  /** `browser`: publishable key, CORS by allow-list. `back_end`: secret key. `public`: neither. */
  readonly side: 'browser' | 'back_end' | 'public'
  /** Under load, signals are shed first, then assessments, nothing else. */
  readonly shed: 'signals' | 'assessments' | 'never'
  readonly summary: string
  readonly body?: v.GenericSchema
  readonly response?: v.GenericSchema
  readonly problems: readonly ProblemCode[]
}
