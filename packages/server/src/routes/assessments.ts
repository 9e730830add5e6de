import type { ConsumeResponse } from '@newel/protocol'
import { assess } from '../assess.ts'
import { redeem } from '../redeem.ts'
import type { Answer, Call } from '../services.ts'
import type { RouteBody } from './specs/index.ts'

export function assessment(call: Call<RouteBody<'assessment'>>): Promise<Answer> {
  return assess(call, { ...call.body, route: 'assessments' }, ({ response }) => ({
    answer: { body: response },
  }))
}

export function consume(call: Call<RouteBody<'consume'>>): Promise<Answer> {
  const { subject, params, session, ...body } = call.body
  return redeem(
    call,
    { ...body, route: 'consume', subject: subject.id, session, params: params ?? {} },
    async ({ claims, challenge }) => {
      const response: ConsumeResponse = {
        consumed: true,
        assessment: challenge.assessment as ConsumeResponse['assessment'],
        challenge: claims.chl,
        acr: claims.acr,
        amr: claims.amr,
        auth_time: claims.auth_time,
      }
      return { answer: { body: response } }
    },
  )
}
