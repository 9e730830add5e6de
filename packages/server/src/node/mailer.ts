import { createTransport } from 'nodemailer'
import type { Mailer } from '../options.ts'

export interface NodeMailerOptions {
  /** SMTP URL, such as `smtps://user:secret@mail.example`. */
  readonly smtp: string
  /** The `From` of every mail, such as `Bank <no-reply@bank.example>`. */
  readonly from: string
}

const patienceMs = 10_000

/**
 * A mailer over SMTP. A server that is silent for ten seconds is an error.
 * @throws TypeError where an option cannot be right: nodemailer would go to a server on this machine instead
 */
export function nodeMailer({ smtp, from }: NodeMailerOptions): Mailer {
  if (!/^smtps?:\/\/[^/?#]/i.test(smtp))
    throw new TypeError('smtp has to be the URL of a mail server, such as smtps://user:secret@mail.example')
  if (!/@/.test(from))
    throw new TypeError('from has to be the sender of mails, such as Bank <no-reply@bank.example>')
  const transport = createTransport(
    // A person waits for the code.
    { url: smtp, connectionTimeout: patienceMs, greetingTimeout: patienceMs, socketTimeout: patienceMs },
    // Mails hold what people typed: no file or URL in them is ever opened.
    { from, disableFileAccess: true, disableUrlAccess: true },
  )
  return {
    async send({ to, subject, text }) {
      await transport.sendMail({ to, subject, text })
    },
  }
}
