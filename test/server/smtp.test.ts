import { nodeMailer } from '@newel/server/node'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/** A mail server on loopback that keeps what it is sent, or refuses it. */
interface Post {
  readonly url: string
  readonly received: { readonly to: string; readonly raw: string }[]
  refuse: boolean
  close(): Promise<void>
}

async function openPost(): Promise<Post> {
  const received: { to: string; raw: string }[] = []
  const post = { received, refuse: false }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo(_address, _session, done) {
      done(post.refuse ? new Error('no such mailbox') : undefined)
    },
    onData(stream, session, done) {
      let raw = ''
      stream.on('data', (chunk: Buffer) => (raw += chunk.toString('utf8')))
      stream.on('end', () => {
        received.push({ to: session.envelope.rcptTo.map(({ address }) => address).join(), raw })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return Object.assign(post, {
    url: `smtp://127.0.0.1:${address.port}`,
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  })
}

let post: Post
beforeEach(async () => {
  post = await openPost()
})
afterEach(() => post.close())

const mail = { to: 'maya@mail.test', subject: 'Your code for Bank', text: '1234 5678\n\nZahlung: 5 000 €' }

describe('mail over SMTP', () => {
  it('arrives as it was written', async () => {
    await nodeMailer({ smtp: post.url, from: 'Bank <no-reply@bank.test>' }).send(mail)
    expect(post.received.map(({ to }) => to)).toEqual(['maya@mail.test'])
    const parsed = await PostalMime.parse(post.received[0]?.raw ?? '')
    expect(parsed.subject).toBe(mail.subject)
    expect(parsed.from).toEqual({ name: 'Bank', address: 'no-reply@bank.test' })
    expect(parsed.text?.trim()).toBe(mail.text)
  })

  it('that the server refuses, or no server takes, is an error', async () => {
    post.refuse = true
    const mailer = nodeMailer({ smtp: post.url, from: 'no-reply@bank.test' })
    await expect(mailer.send(mail)).rejects.toThrow('no such mailbox')
    await post.close()
    await expect(mailer.send(mail)).rejects.toThrow()
    post = await openPost()
  })

  it('has one recipient and no header of anybody else, whatever the address and subject hold', async () => {
    const mailer = nodeMailer({ smtp: post.url, from: 'no-reply@bank.test' })
    await mailer.send({ ...mail, subject: 'Code\r\nBcc: eve@mail.test' })
    const parsed = await PostalMime.parse(post.received[0]?.raw ?? '')
    expect(post.received[0]?.to).toBe('maya@mail.test')
    expect(parsed.bcc).toBeUndefined()
  })
})
