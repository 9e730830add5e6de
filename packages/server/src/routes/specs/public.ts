import * as v from 'valibot'
import type { RouteSpec } from './spec.ts'

/** Calls that need no key. */
export const publicSpecs = {
  jwks: {
    method: 'GET',
    path: '/t/:tenant/.well-known/jwks.json',
    side: 'public',
    shed: 'never',
    summary: 'Public keys of a tenant (RFC 7517).',
    response: v.object({ keys: v.array(v.record(v.string(), v.unknown())) }),
    problems: ['not_found', 'newel_unavailable'],
  },
  livez: {
    method: 'GET',
    path: '/livez',
    side: 'public',
    shed: 'never',
    summary: 'The process answers.',
    response: v.object({ status: v.literal('ok') }),
    problems: [],
  },
  readyz: {
    method: 'GET',
    path: '/readyz',
    side: 'public',
    shed: 'never',
    summary: 'The database answers, its schema can be read, and the master key opens the keys.',
    response: v.object({ status: v.literal('ok') }),
    problems: ['newel_unavailable'],
  },
  openapi: {
    method: 'GET',
    path: '/openapi.json',
    side: 'public',
    shed: 'never',
    summary: 'This document.',
    problems: [],
  },
} as const satisfies Record<string, RouteSpec>
