import { expect, it } from 'vitest'
import { captureMails } from './mailbox.ts'

it('keeps the latest fifty mails, newest first', async () => {
  let now = 0
  const mailbox = captureMails(() => ++now)
  for (let number = 1; number <= 60; number++)
    await mailbox.send({ to: 'a@b.example', subject: String(number), text: '' })
  expect(mailbox.list()).toHaveLength(50)
  expect(mailbox.list()[0]).toEqual({ to: 'a@b.example', subject: '60', text: '', atMs: 60 })
})
