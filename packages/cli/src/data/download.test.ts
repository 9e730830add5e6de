import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { explain } from '../failure.ts'
import { checkedUrl, download, publishedSha256, type Download } from './download.ts'

const content = Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 251))
const sha256 = createHash('sha256').update(content).digest('hex')

let folder: string
let server: Server
let origin: string
let answer: (request: IncomingMessage, response: ServerResponse) => void
const asked: IncomingMessage[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'newel-download-'))
  asked.length = 0
  answer = (_request, response) => response.end(content)
  server = createServer((request, response) => {
    asked.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true })
})

const wanted = (more: Partial<Download> = {}): Download => ({
  url: `${origin}/file`,
  path: join(folder, 'file'),
  maxBytes: 10_000,
  patienceMs: 2000,
  ...more,
})
const failing = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing failed',
    (error: unknown) => explain(error),
  )
const standing = (): string => readFileSync(join(folder, 'file'), 'utf8')

describe('a download', () => {
  it('is in its place whole, with nothing beside it', async () => {
    expect(await download(wanted({ sha256 }))).toEqual({ bytes: 5000, sha256, resumedFrom: 0 })
    expect(readFileSync(join(folder, 'file'))).toEqual(content)
    expect(existsSync(join(folder, 'file.part'))).toBe(false)
    expect(existsSync(join(folder, 'file.part.etag'))).toBe(false)
  })
  it('leaves what was there where it fails, whatever fails', async () => {
    writeFileSync(join(folder, 'file'), 'before')
    const cases: [Partial<Download>, typeof answer, string][] = [
      [{}, (_, response) => response.writeHead(404).end('no'), 'answers 404'],
      [{ sha256: 'a'.repeat(64) }, (_, response) => response.end(content), 'is not what its maker published'],
      [
        { maxBytes: 4999 },
        (_, response) => response.writeHead(200, { 'content-length': 5000 }).end(content),
        'larger',
      ],
      [{ maxBytes: 4999 }, (_, response) => response.end(content), 'larger'],
      [{}, (request) => request.socket.destroy(), 'cannot be fetched'],
      [
        {
          check: () => {
            throw new Error('no database')
          },
        },
        (_, response) => response.end(content),
        'no database',
      ],
    ]
    for (const [more, reply, message] of cases) {
      answer = reply
      expect(await failing(download(wanted(more)))).toContain(message)
      expect(standing()).toBe('before')
    }
  })
  it('that was cut off goes on where it stopped, of the same version', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { etag: '"v1"', 'content-length': content.length })
      response.write(content.subarray(0, 2000))
    }
    expect(await failing(download(wanted({ sha256, patienceMs: 300 })))).toContain('the next attempt goes on')
    expect(readFileSync(join(folder, 'file.part'))).toEqual(content.subarray(0, 2000))

    answer = (request, response) => {
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1])
      response.writeHead(206, { etag: '"v1"' }).end(content.subarray(from))
    }
    expect(await download(wanted({ sha256 }))).toEqual({ bytes: 5000, sha256, resumedFrom: 2000 })
    expect(asked.at(-1)?.headers).toMatchObject({ range: 'bytes=2000-', 'if-range': '"v1"' })
    expect(readFileSync(join(folder, 'file'))).toEqual(content)
  })
  it('of which there is a newer version meanwhile starts anew', async () => {
    writeFileSync(join(folder, 'file.part'), 'old half')
    writeFileSync(join(folder, 'file.part.etag'), '"v0"')
    answer = (_request, response) => response.writeHead(200, { etag: '"v1"' }).end(content)
    expect(await download(wanted({ sha256 }))).toMatchObject({ bytes: 5000, resumedFrom: 0 })
  })
  it('without a tag that promises equal bytes is not gone on with', async () => {
    writeFileSync(join(folder, 'file.part'), 'old half')
    writeFileSync(join(folder, 'file.part.etag'), 'W/"v0"')
    await download(wanted({ sha256 }))
    expect(asked.at(-1)?.headers.range).toBeUndefined()
  })
  it('that grows beyond its bound across attempts is refused', async () => {
    writeFileSync(join(folder, 'file.part'), content)
    writeFileSync(join(folder, 'file.part.etag'), '"v1"')
    answer = (_request, response) => response.writeHead(206).end(content)
    expect(await failing(download(wanted({ maxBytes: 9999 })))).toContain('larger')
    expect(existsSync(join(folder, 'file.part'))).toBe(false)
  })
  it('gives up on a server that stops in the middle', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { etag: '"v1"' })
      response.write(content.subarray(0, 10))
    }
    expect(await failing(download(wanted({ patienceMs: 50 })))).toContain('stopped in the middle')
  })
  it('follows redirects, to https or this machine alone, and not for ever', async () => {
    answer = (request, response) =>
      request.url === '/file'
        ? response.writeHead(302, { location: '/elsewhere' }).end()
        : response.end(content)
    expect(await download(wanted({ sha256 }))).toMatchObject({ bytes: 5000 })
    answer = (_request, response) => response.writeHead(302, { location: 'http://192.0.2.1/file' }).end()
    expect(await failing(download(wanted()))).toContain('no https address')
    answer = (_request, response) => response.writeHead(302, { location: '/again' }).end()
    expect(await failing(download(wanted()))).toContain('without an end')
  })
})

describe('addresses', () => {
  it('are https, or this machine', () => {
    expect(checkedUrl('https://mirror.example/data').href).toBe('https://mirror.example/data')
    expect(checkedUrl('http://localhost:8080/').hostname).toBe('localhost')
    for (const odd of ['http://mirror.example/', 'ftp://localhost/', 'file:///etc/passwd', 'data', ''])
      expect(() => checkedUrl(odd)).toThrow('no https address')
  })
})

describe('a published SHA-256', () => {
  it('is the first word of a small text', async () => {
    answer = (_request, response) => response.end(`${sha256.toUpperCase()}  file\n`)
    expect(await publishedSha256(`${origin}/file.sha256`, 2000)).toBe(sha256)
  })
  it('is nothing else', async () => {
    for (const text of ['<html>', sha256.slice(1), '', 'x'.repeat(2000)]) {
      answer = (_request, response) => response.end(text)
      expect(await failing(publishedSha256(`${origin}/file.sha256`, 2000))).toContain('is no SHA-256')
    }
    answer = (_request, response) => response.writeHead(503).end()
    expect(await failing(publishedSha256(`${origin}/file.sha256`, 2000))).toContain('answers 503')
  })
})
