import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { messageOf } from '../failure.ts'
import { bad, good } from './check.ts'
import type { Finding } from './check.ts'

const waitMs = 5000

/** The first line that the server at the address says. */
const greeting = (url: URL): Promise<string> =>
  new Promise((resolve, reject) => {
    const secure = url.protocol === 'smtps:'
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const port = Number(url.port || (secure ? 465 : 587))
    const socket = secure ? connectTls({ host, port, servername: host }) : connect({ host, port })
    socket.setTimeout(waitMs, () => socket.destroy(new Error('no answer within 5 s')))
    socket.once('error', reject)
    socket.once('close', () => {
      reject(new Error('the connection was closed without a greeting'))
    })
    socket.once('data', (chunk: Buffer) => {
      resolve(chunk.toString('latin1').split('\r\n')[0] ?? '')
      socket.end('QUIT\r\n', () => socket.destroy())
    })
  })

/** Whether a mail server greets there. Nothing is sent, and no password is tried. */
export async function checkMailer(smtpUrl: string): Promise<Finding> {
  const url = new URL(smtpUrl)
  const todo = 'Check NEWEL_SMTP_URL, and that this machine may reach that port.'
  try {
    const line = await greeting(url)
    return line.startsWith('220')
      ? good(`Mail server ${url.host} greets`)
      : bad(`${url.host} is no mail server ready to serve`, todo)
  } catch (error) {
    return bad(`Mail server ${url.host} does not answer: ${messageOf(error)}`, todo)
  }
}
