import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Waits for somebody who fetches a key that a header names. Nobody should. */
export interface Listener {
  /** Of a JWKS. */
  readonly url: string
  fetched(): number
  close(): Promise<void>
}

export async function startListener(): Promise<Listener> {
  let count = 0
  const server = createServer((_, response) => {
    count += 1
    response.end('{"keys":[]}')
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    fetched: () => count,
    async close() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
