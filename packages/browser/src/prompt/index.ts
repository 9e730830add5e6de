import type {
  AuthenticatorView,
  ChallengeReference,
  ChallengeView,
  EnrollmentVerifyRequest,
  EnrollmentVerifyResponse,
  EnrollmentView,
  MethodName,
  StartRequest,
  VerifyRequest,
  VerifyResponse,
} from '@newel/protocol'
import { randomId } from '../bytes.ts'
import { NewelError } from '../errors.ts'
import { isUsable } from '../methods/index.ts'
import { valueOf } from '../wire.ts'
import { runCeremony } from './ceremony.ts'
import type { PromptContext } from './context.ts'

const look = async <T>({ transport }: PromptContext, path: string): Promise<T> =>
  valueOf(await transport.send<T>({ method: 'GET', path, dpop: true }))

const usable = (methods: readonly MethodName[]): [MethodName, ...MethodName[]] => {
  const [first, ...others] = methods.filter(isUsable)
  if (methods.length === 0) throw new NewelError('no_method', 'The account has no method that would do')
  if (first === undefined)
    throw new NewelError('unsupported', 'This browser supports none of the methods offered')
  return [first, ...others]
}

/**
 * Has the person answer a challenge; returns the step-up token.
 * @throws NewelError
 */
export async function answerChallenge({ id }: ChallengeReference, context: PromptContext): Promise<string> {
  const path = `/v1/challenges/${id}`
  const view = await look<ChallengeView>(context, path)
  const verified = await runCeremony(
    {
      id,
      path,
      title: ({ title }) => title,
      about: view.action.text,
      methods: usable(view.methods.map(({ method }) => method)),
      expiresAtMs: view.expires_at_ms,
      attemptsLeft: view.attempts_left,
      startBody: (method) => ({ op: randomId(), method }) satisfies StartRequest,
      verifyBody: (method, response) =>
        ({ op: randomId(), method, response: { ...response } }) satisfies VerifyRequest,
      show: (module, ceremony, panel) => module.answer(ceremony, panel),
    },
    context,
  )
  return (verified as VerifyResponse).token
}

/**
 * Has the person add an authenticator.
 * @throws NewelError
 */
export async function enroll(
  { id, label }: { readonly id: string; readonly label?: string | undefined },
  context: PromptContext,
): Promise<AuthenticatorView> {
  const path = `/v1/enrollments/${id}`
  const view = await look<EnrollmentView>(context, path)
  const verified = await runCeremony(
    {
      id,
      path,
      title: ({ enrollTitle }) => enrollTitle[view.method],
      about: '',
      methods: usable([view.method]),
      expiresAtMs: view.expires_at_ms,
      attemptsLeft: view.attempts_left,
      startBody: () => ({ op: randomId() }),
      verifyBody: (_method, response) =>
        ({
          op: randomId(),
          response: { ...response },
          ...(label === undefined ? {} : { label }),
        }) satisfies EnrollmentVerifyRequest,
      show: (module, ceremony, panel) => module.enroll(ceremony, panel),
    },
    context,
  )
  return (verified as EnrollmentVerifyResponse).authenticator
}
