import { createHash, type Hash } from 'node:crypto'
import { createReadStream, existsSync, rmSync } from 'node:fs'
import { open, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { Failure, messageOf } from '../failure.ts'

export interface Download {
  readonly url: string
  /** The file that is to be there in the end; until then a `.part` lies beside it. */
  readonly path: string
  readonly maxBytes: number
  /** SHA-256 in hex, where the maker publishes one. */
  readonly sha256?: string | undefined
  /** Looks at what came before it takes the place of what is there; throws where it is not what it should be. */
  readonly check?: ((path: string) => void) | undefined
  /** No byte for so long is a failure. Milliseconds. */
  readonly patienceMs: number
}

export interface Downloaded {
  readonly bytes: number
  readonly sha256: string
  /** Bytes that an earlier attempt had fetched. */
  readonly resumedFrom: number
}

const connectMs = 30_000
const kept = 'What came is kept: the next attempt goes on with it.'
const maxRedirects = 5

/** https anywhere, http on this machine alone: who stands between could choose who is let in. */
export function checkedUrl(text: string, base?: string): URL {
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined
  const local = url !== undefined && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  if (url === undefined || (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)))
    throw new Failure(`${text.slice(0, 200)} is no https address, nor http on this machine.`)
  return url
}

/** Follows redirects one by one, so that each of them is https. */
async function request(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  let target = checkedUrl(url)
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const response = await fetch(target, { headers, redirect: 'manual', signal })
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || location === null) return response
    await response.body?.cancel()
    target = checkedUrl(location, target.href)
  }
  throw new Failure(`${url} leads from one address to the next without an end.`)
}

/** What an earlier attempt left: only with the tag of the version that it is of can it be gone on with. */
async function leftover(part: string): Promise<{ bytes: number; etag: string } | undefined> {
  try {
    const etag = await readFile(`${part}.etag`, 'utf8')
    const { size } = await stat(part)
    // A weak tag promises no equal bytes (RFC 9110, section 13.1.5).
    return size > 0 && etag !== '' && !etag.startsWith('W/') ? { bytes: size, etag } : undefined
  } catch {
    return undefined
  }
}

async function hashOf(path: string): Promise<Hash> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash
}

const discard = (part: string): void => {
  rmSync(part, { force: true })
  rmSync(`${part}.etag`, { force: true })
}

const tooLarge = (url: string, maxBytes: number): Failure =>
  new Failure(`${url} is larger than ${maxBytes} bytes, so it is not what it was; nothing was changed.`)

async function receive(download: Download, part: string): Promise<Downloaded> {
  const { url, maxBytes, patienceMs } = download
  const before = await leftover(part)
  const impatience = new AbortController()
  let timer = setTimeout(
    () => {
      impatience.abort(new Failure(`${url} does not answer.`))
    },
    Math.max(connectMs, patienceMs),
  )
  try {
    const response = await request(
      url,
      before === undefined ? {} : { range: `bytes=${before.bytes}-`, 'if-range': before.etag },
      impatience.signal,
    )
    const resumes = before !== undefined && response.status === 206
    if (response.status === 416) {
      await response.body?.cancel()
      discard(part)
      throw new Failure(`${url} changed between two attempts.`, ['Run the command again.'])
    }
    if ((response.status !== 200 && !resumes) || response.body === null) {
      await response.body?.cancel()
      throw new Failure(`${url} answers ${response.status}.`)
    }
    let bytes = resumes ? before.bytes : 0
    const hash = resumes ? await hashOf(part) : createHash('sha256')
    if (bytes + Number(response.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(url, maxBytes)
    const etag = response.headers.get('etag') ?? ''
    const file = await open(part, resumes ? 'a' : 'w')
    try {
      if (!resumes) await writeFile(`${part}.etag`, etag)
      for await (const chunk of response.body) {
        clearTimeout(timer)
        timer = setTimeout(() => {
          impatience.abort(new Failure(`${url} stopped in the middle.`, [kept]))
        }, patienceMs)
        bytes += chunk.byteLength
        if (bytes > maxBytes) throw tooLarge(url, maxBytes)
        hash.update(chunk)
        await file.write(chunk)
      }
      await file.sync()
    } finally {
      await file.close()
    }
    return { bytes, sha256: hash.digest('hex'), resumedFrom: resumes ? before.bytes : 0 }
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Fetches a file and puts it in its place in one step: whoever reads the path meanwhile has the old one or the new one. What
 * an interruption left is gone on with, where the server still has that very version.
 *
 * @throws Failure that says what is wrong; what was there before stays
 */
export async function download(wanted: Download): Promise<Downloaded> {
  const part = `${wanted.path}.part`
  let done: Downloaded
  try {
    done = await receive(wanted, part)
  } catch (error) {
    if (error instanceof Failure && error.message.includes('larger than')) discard(part)
    if (error instanceof Failure) throw error
    throw new Failure(
      `${wanted.url} cannot be fetched: ${messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error)}`,
      existsSync(part) ? [kept] : [],
      error,
    )
  }
  if (wanted.sha256 !== undefined && done.sha256 !== wanted.sha256) {
    discard(part)
    throw new Failure(`${wanted.url} is not what its maker published; nothing was changed.`, [
      `SHA-256 published: ${wanted.sha256}`,
      `SHA-256 fetched:   ${done.sha256}`,
      'The maker may be replacing both just now: try again in some minutes.',
    ])
  }
  try {
    wanted.check?.(part)
  } catch (error) {
    discard(part)
    throw new Failure(`${wanted.url} cannot be read: ${messageOf(error)}; nothing was changed.`, [], error)
  }
  await rename(part, wanted.path)
  rmSync(`${part}.etag`, { force: true })
  return done
}

const maxChecksumBytes = 1024

/** The SHA-256 that the maker publishes: the first word of a small text. */
export async function publishedSha256(url: string, patienceMs: number): Promise<string> {
  let text: string
  try {
    const response = await request(url, {}, AbortSignal.timeout(patienceMs))
    if (response.status !== 200) throw new Failure(`${url} answers ${response.status}.`)
    const chunks: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength
      if (bytes > maxChecksumBytes) throw new Failure(`${url} is no SHA-256.`)
      chunks.push(chunk)
    }
    text = Buffer.concat(chunks).toString('latin1')
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure(
      `${url} cannot be fetched: ${messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error)}`,
      [],
      error,
    )
  }
  const sha256 = /^\s*([0-9a-f]{64})(?:\s|$)/i.exec(text)?.[1]
  if (sha256 === undefined) throw new Failure(`${url} is no SHA-256.`)
  return sha256.toLowerCase()
}
