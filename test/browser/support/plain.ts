import { createGuard, fromSocket } from '@newel/guard'
import { createNewel, defaultPolicy } from '@newel/server'
import { sqliteStore } from '@newel/stores/sqlite'
import { createMailbox, fixedClock, type Mailbox, type TestClock } from '@newel/testkit'
import type { Policy } from '@newel/protocol'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { listen, type Handler } from './listen.ts'
import { sdkFolder } from './sdk.ts'
import { keys, masterKey } from './world.ts'

/** One action for each method, whatever the risk; by mail it is as long as nothing better is enrolled. */
const policy: Policy = {
  ...defaultPolicy,
  audit_share: 0,
  actions: {
    email: { params: 'none', floor: { acr: 'newel:contact' }, display: { en: 'Look' } },
    totp: { params: 'none', floor: { acr: 'newel:otp', methods: ['totp'] }, display: { en: 'Look closer' } },
    passkey: { params: 'none', floor: { acr: 'phr' }, display: { en: 'Open the vault' } },
  },
}

/** Markup and headers of the one page, made for each request. */
export interface PlainPage {
  readonly html: string
  readonly headers?: Readonly<Record<string, string>>
}

/** An application of a few routes, to which Newel is embedded: one page, one person, one session. */
export interface PlainApp {
  readonly origin: string
  readonly mailbox: Mailbox
  readonly clock: TestClock
}

export const scriptTag = `src="/sdk/newel.iife.js" data-key="${keys.publishableKey}" data-endpoint="/newel"`

const basic: PlainPage = {
  html: `<!doctype html><html lang="en"><title>Plain</title><button id="go">Go</button><script ${scriptTag}></script></html>`,
}

/** Opens applications that close after their test. */
export function usePlainApps(): (page?: PlainPage) => Promise<PlainApp> {
  const open: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of open.splice(0)) await close()
  })
  return async (page = basic) => {
    let answer: Handler = () => new Response(null, { status: 503 })
    const listening = await listen((request, peer) => answer(request, peer))
    const origin = `http://localhost:${listening.port}`
    const clock = fixedClock()
    const mailbox = createMailbox()
    const store = sqliteStore({ path: ':memory:' })
    const newel = createNewel({
      url: `${origin}/newel`,
      store,
      masterKey,
      mailer: mailbox,
      now: clock.now,
      tenants: [
        {
          id: keys.id,
          name: 'Plain',
          origins: [origin],
          publishableKey: keys.publishableKey,
          secretKeys: [keys.secretKey],
          policy,
          holdHours: 0,
        },
      ],
    })
    const guard = createGuard({
      server: newel,
      secretKey: keys.secretKey,
      aud: origin,
      clientAddress: fromSocket(),
    })
    const who = {
      subject: { id: 'ada', email: { value: 'ada@plain.example', verified_at_ms: 1 } },
      session: 'the-session-of-ada',
    }
    answer = async (request, peer) => {
      const { pathname, searchParams } = new URL(request.url)
      if (pathname.startsWith('/newel/')) return newel.fetch(request, peer)
      if (pathname.startsWith('/sdk/')) return sdkFile(pathname.slice('/sdk/'.length))
      const from = { ...who, request: { headers: request.headers, peer: peer.address } }
      if (pathname === '/enroll') {
        const { method } = (await request.json()) as { method: string }
        return guard.enroll({ ...from, method })
      }
      if (pathname.startsWith('/ask/')) {
        const outcome = await guard.check({ ...from, action: pathname.slice('/ask/'.length) })
        return outcome.ok ? Response.json({ acr: outcome.acr }) : outcome.response
      }
      if (pathname === '/redirect') return Response.redirect(searchParams.get('to') ?? origin, 307)
      if (pathname !== '/') return new Response(null, { status: 404 })
      return new Response(page.html, { headers: { 'content-type': 'text/html', ...page.headers } })
    }
    open.push(async () => {
      await listening.close()
      await newel.tick()
      await store.close()
    })
    return { origin, mailbox, clock }
  }
}

function sdkFile(name: string): Response {
  if (!/^(?:chunks\/)?[\w.-]+\.js$/.test(name)) return new Response(null, { status: 404 })
  return new Response(readFileSync(join(sdkFolder(), name)), {
    headers: { 'content-type': 'text/javascript' },
  })
}
