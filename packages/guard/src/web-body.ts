import { refuse } from './answers.ts'
import { parseBody, readStream, type BodyResult } from './body.ts'

/** Some runtimes have no async iterator on their streams. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel()
  }
}

/** The body as bytes, or `undefined` when there are more than `max`. */
export const readBytes = async (request: Request, max: number): Promise<Uint8Array | undefined> =>
  request.body === null ? new Uint8Array() : readStream(chunksOf(request.body), max)

export const parseBytes = (bytes: Uint8Array | undefined, headers: Headers): BodyResult =>
  bytes === undefined ? refuse('payload_too_large') : parseBody(bytes, headers)

/** The same request with its body to be read again. */
export const withBody = (request: Request, bytes: Uint8Array): Request =>
  new Request(request.url, {
    method: request.method,
    headers: request.headers,
    body: bytes.slice(),
    signal: request.signal,
  })
