import { expect, it } from 'vitest'
import { nodeMailer } from './mailer.ts'

const from = 'Shop <login@shop.example>'

it.each([undefined, '', 'mail.example:587', 'https://mail.example', 'smtp://'])(
  'refuses %j as a mail server',
  (smtp) => {
    expect(() => nodeMailer({ smtp: smtp as string, from })).toThrow(
      'smtp has to be the URL of a mail server',
    )
  },
)

it('refuses to send mails of nobody', () => {
  const smtp = 'smtps://user:secret@mail.example'
  expect(() => nodeMailer({ smtp, from: undefined as unknown as string })).toThrow(
    'from has to be the sender',
  )
  expect(() => nodeMailer({ smtp, from })).not.toThrow()
})
