import type { Mail, Mailer } from '@newel/server'

/** Keeps what Newel sends. */
export interface Mailbox extends Mailer {
  /** Oldest first. */
  readonly mails: readonly Mail[]
  /**
   * The code in the latest mail that has one, to an address or to any.
   * @throws Error where there is none
   */
  latestCode(to?: string): string
}

/** Mail codes are eight digits, shown in two groups. */
const codeLine = /^(\d{4}) ?(\d{4})$/m

export function createMailbox(): Mailbox {
  const mails: Mail[] = []
  return {
    mails,
    async send(mail) {
      mails.push(mail)
    },
    latestCode(to) {
      const received = mails.filter((mail) => to === undefined || mail.to === to)
      for (const { text } of received.reverse()) {
        const code = codeLine.exec(text)
        if (code !== null) return `${code[1] ?? ''}${code[2] ?? ''}`
      }
      throw new Error('no mail with a code has been sent')
    },
  }
}
