import type { EnrollmentStartResponse, StartResponse } from '@newel/protocol'
import type { Panel } from '../prompt/panel.ts'
import type { Ceremony, MethodModule } from './index.ts'

type Sent = Extract<StartResponse | EnrollmentStartResponse, { method: 'email' }>

const show = async (ceremony: Ceremony<Sent, { code: string }>, panel: Panel): Promise<void> => {
  const { hint, digits, resend_at_ms } = await ceremony.start()
  panel.add(panel.texts.emailAbout(hint))
  panel.askCode(digits, (code) => ceremony.verify({ code }))
  panel.offerResend(resend_at_ms, async () => (await ceremony.restart()).resend_at_ms)
}

/** A code by mail. Enrolling confirms the address in the same way. */
export const email: MethodModule<'email'> = { answer: show, enroll: show }
