import type * as v from 'valibot'
import { backEndSpecs } from './back-end.ts'
import { browserSpecs } from './browser.ts'
import { publicSpecs } from './public.ts'

export type { RouteSpec } from './spec.ts'

/** Every route: what the router serves and the OpenAPI document says. */
export const specs = { ...browserSpecs, ...backEndSpecs, ...publicSpecs } as const

export type RouteName = keyof typeof specs
export type RouteBody<N extends RouteName> = (typeof specs)[N] extends {
  readonly body: infer S extends v.GenericSchema
}
  ? v.InferOutput<S>
  : undefined
