import type { Mail, Mailer } from '@newel/server'

export interface CapturedMail extends Mail {
  readonly atMs: number
}

export interface Mailbox {
  /** Newest first. */
  list(): readonly CapturedMail[]
}

const kept = 50

/** Keeps the latest 50 mails in memory. Nothing leaves, and nothing is stored. */
export function captureMails(now: () => number): Mailbox & Mailer {
  let mails: readonly CapturedMail[] = []
  return {
    list: () => mails,
    send: async (mail) => {
      mails = [{ ...mail, atMs: now() }, ...mails].slice(0, kept)
    },
  }
}
