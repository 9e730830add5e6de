import autocannon from 'autocannon'
import { percentile } from '../lib/statistics.ts'
import { backEndHeaders } from './acquaint.ts'

export interface Load {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Bodies that a connection may build and not send. */
const spare = 2

/** Bodies that {@link load} needs for so many requests. */
export const bodiesFor = (requests: number, connections: number): number => requests + spare * connections

/**
 * Sends each body once, as fast as answers come on so many connections.
 * @throws Error where an answer is not 200 or does not contain `expected`
 */
export async function load(options: {
  readonly port: number
  readonly bodies: readonly string[]
  readonly requests: number
  readonly connections: number
  readonly expected: string
}): Promise<Load> {
  const { bodies, expected } = options
  let next = 0
  const times = new Float64Array(options.requests)
  let answered = 0
  let endedAt = 0
  let unexpected: string | undefined
  const startedAt = performance.now()
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const running = autocannon(
      {
        url: `http://127.0.0.1:${options.port}`,
        amount: options.requests,
        connections: options.connections,
        // The run ends at the next sample after the last answer.
        sampleInt: 100,
        requests: [
          {
            method: 'POST',
            path: '/v1/assessments',
            headers: backEndHeaders,
            setupRequest: (request) => ({ ...request, body: bodies[next++] }),
          },
        ],
        verifyBody: (body) => {
          if (typeof body === 'string' && body.includes(expected)) return true
          unexpected = String(body)
          return false
        },
      },
      (error: unknown, done) => {
        if (error instanceof Error) reject(error)
        else resolve(done)
      },
    )
    running.on('response', (_client, _status, _bytes, responseTime) => {
      times[answered++] = responseTime
      endedAt = performance.now()
    })
  })
  if (result.errors > 0 || result.non2xx > 0 || result.mismatches > 0 || answered !== options.requests) {
    throw new Error(
      `of ${options.requests} requests ${answered} were answered, ${result.mismatches} otherwise than expected: ${unexpected ?? 'no answer'}`,
    )
  }
  return {
    requestsPerSecond: (answered * 1000) / (endedAt - startedAt),
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
  }
}
