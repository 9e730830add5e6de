import type {
  ChallengeView,
  EnrollmentStartResponse,
  EnrollmentView,
  MethodName,
  StartResponse,
  VerifyResponse,
} from '@newel/protocol'
import { randomToken } from './device-key.ts'
import type { Transport } from './transport.ts'

/** A challenge as the page that it is bound to answers it. Each call throws a `TestProblem` where Newel refuses. */
export interface TestChallenge {
  view(): Promise<ChallengeView>
  start(method: MethodName): Promise<StartResponse>
  verify(method: MethodName, response: object): Promise<VerifyResponse>
  cancel(): Promise<void>
}

/** An enrolment, likewise. */
export interface TestEnrollment {
  view(): Promise<EnrollmentView>
  start(): Promise<EnrollmentStartResponse>
  verify(response: object): Promise<Record<string, unknown>>
  cancel(): Promise<void>
}

export function openChallenge(transport: Transport, id: string): TestChallenge {
  const path = `/v1/challenges/${id}`
  return {
    view: async () => (await transport.proven('GET', path)) as ChallengeView,
    start: async (method) =>
      (await transport.proven('POST', `${path}/start`, { op: randomToken(), method })) as StartResponse,
    verify: async (method, response) =>
      (await transport.proven('POST', `${path}/verify`, {
        op: randomToken(),
        method,
        response,
      })) as VerifyResponse,
    async cancel() {
      await transport.proven('POST', `${path}/cancel`, { op: randomToken() })
    },
  }
}

export function openEnrollment(transport: Transport, id: string): TestEnrollment {
  const path = `/v1/enrollments/${id}`
  return {
    view: async () => (await transport.proven('GET', path)) as EnrollmentView,
    start: async () =>
      (await transport.proven('POST', `${path}/start`, { op: randomToken() })) as EnrollmentStartResponse,
    verify: (response) => transport.proven('POST', `${path}/verify`, { op: randomToken(), response }),
    async cancel() {
      await transport.proven('POST', `${path}/cancel`, { op: randomToken() })
    },
  }
}
