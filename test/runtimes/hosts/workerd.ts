// Newel on Workers, with a D1 database bound as `DB`.
import { d1Store, type D1 } from '@newel/stores/d1'
import { createHost, type Handler } from '../../http/host.ts'

interface Context {
  waitUntil(work: Promise<unknown>): void
}

let handler: Handler | undefined

export default {
  fetch(request: Request, env: { readonly DB: D1 }, context: Context): Promise<Response> {
    handler ??= createHost(d1Store(env.DB), 'workerd')
    const address = request.headers.get('cf-connecting-ip') ?? undefined
    return handler(request, { address, waitUntil: (work) => context.waitUntil(work) })
  },
}
