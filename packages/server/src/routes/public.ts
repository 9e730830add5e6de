import { verifies } from '../keys.ts'
import { openApiDocument } from '../openapi.ts'
import { ProblemError } from '../problem.ts'
import type { Answer, Call, Services } from '../services.ts'

/** Answers on their way, by what they are about. */
const underway = new WeakMap<Services, Map<string, Promise<Answer>>>()

/** Names that are no tenants here, as far as this process knows, and are looked up at once. */
const mostNames = 16

/**
 * Whoever asks for what is being read gets that answer. Anybody may ask, and as often as they like: strangers take no place
 * from back ends (design, section 6), nor may they make a probe fail.
 */
function shared(
  { services }: Call,
  what: string,
  isBounded: boolean,
  read: () => Promise<Answer>,
): Promise<Answer> {
  const answers = underway.get(services) ?? new Map<string, Promise<Answer>>()
  underway.set(services, answers)
  const standing = answers.get(what)
  if (standing !== undefined) return standing
  if (isBounded && answers.size >= mostNames)
    throw new ProblemError('newel_unavailable', {}, { headers: { 'retry-after': '1' } })
  const answer = read().finally(() => answers.delete(what))
  answers.set(what, answer)
  return answer
}

/** Public keys of a tenant's issuer. A new one is here before it signs, an old one until the last token it signed is over. */
export async function jwks(call: Call): Promise<Answer> {
  const { services, store, nowMs } = call
  const name = call.params['tenant'] ?? ''
  return shared(call, `keys of ${name}`, services.tenants.guess(name) === undefined, async () => {
    const tenant = await services.tenants.current(name, store)
    if (tenant === undefined) throw new ProblemError('not_found')
    const keys = tenant.keyring.signing.filter((key) => verifies(key, nowMs)).map((key) => key.publicJwk)
    return { body: { keys }, headers: { 'cache-control': 'public, max-age=300' } }
  })
}

export async function livez(): Promise<Answer> {
  return { body: { status: 'ok' } }
}

export async function readyz(call: Call): Promise<Answer> {
  return shared(call, 'ready', false, async () => {
    const { found, minReader, known } = await call.store.health()
    if (minReader > known) {
      throw new ProblemError('newel_unavailable', { detail: `the schema ${found} needs a newer server` })
    }
    return { body: { status: 'ok' } }
  })
}

export async function openapi(): Promise<Answer> {
  return { body: await openApiDocument() }
}
