import { problemStatus, type ProblemCode } from '@newel/protocol'
import type { GenericSchema } from 'valibot'
import { specs, type RouteSpec } from './routes/specs/index.ts'

type Json = Record<string, unknown>

const common: Readonly<Record<RouteSpec['side'], readonly ProblemCode[]>> = {
  browser: ['invalid_request', 'invalid_api_key', 'origin_not_allowed', 'newel_unavailable'],
  back_end: ['invalid_request', 'invalid_api_key', 'newel_unavailable'],
  public: [],
}

/** The OpenAPI 3.1 document of every route, made from the schemas that the routes check with. */
export async function openApiDocument(): Promise<Json> {
  const { toJsonSchema } = await import('@valibot/to-json-schema')
  const json = (schema: GenericSchema): Json => {
    // Checks that JSON Schema cannot say (bytes, prefixes) are left to the server.
    const { $schema: _, ...rest } = toJsonSchema(schema, { errorMode: 'ignore' }) as Json
    return rest
  }
  const paths: Record<string, Json> = {}
  for (const [operationId, spec] of Object.entries(specs) as [string, RouteSpec][]) {
    const path = spec.path.replace(/:([a-z]+)/g, '{$1}')
    paths[path] = { ...paths[path], [spec.method.toLowerCase()]: operation(operationId, path, spec, json) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Newel',
      version: '1',
      description: 'Step-up authentication. Errors are problem documents (RFC 9457) with a stable code.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      securitySchemes: {
        publishableKey: { type: 'apiKey', in: 'header', name: 'Newel-Key' },
        secretKey: { type: 'http', scheme: 'bearer' },
        dpop: {
          type: 'apiKey',
          in: 'header',
          name: 'DPoP',
          description: 'A DPoP proof by the device key (RFC 9449)',
        },
      },
      schemas: { Problem: problemSchema },
    },
  }
}

const problemSchema: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', description: 'urn:newel:problem:{code}' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(problemStatus) },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { pointer: { type: 'string' }, detail: { type: 'string' } } },
    },
  },
}

function operation(
  operationId: string,
  path: string,
  spec: RouteSpec,
  json: (schema: GenericSchema) => Json,
): Json {
  const security = {
    browser:
      path.startsWith('/v1/challenges') || path.startsWith('/v1/enrollments')
        ? [{ publishableKey: [], dpop: [] }]
        : [{ publishableKey: [] }],
    back_end: [{ secretKey: [] }],
    public: [],
  }[spec.side]
  const parameters = [...path.matchAll(/\{([a-z]+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const content = (schema: Json, type = 'application/json'): Json => ({ [type]: { schema } })
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of new Set([...common[spec.side], ...spec.problems])) {
    byStatus.set(problemStatus[code], [...(byStatus.get(problemStatus[code]) ?? []), code])
  }
  const problems = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, codes]) => [
      String(status),
      {
        description: codes.join(', '),
        content: content({ $ref: '#/components/schemas/Problem' }, 'application/problem+json'),
      },
    ])
  return {
    operationId,
    summary: spec.summary,
    security,
    ...(parameters.length > 0 && { parameters }),
    ...(spec.body && { requestBody: { required: true, content: content(json(spec.body)) } }),
    responses: {
      200: {
        description: 'OK',
        ...(spec.response && { content: content(json(spec.response)) }),
      },
      ...Object.fromEntries(problems),
    },
  }
}
