import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createProgress } from './progress.ts'
import { fieldsOf } from './rba-csv.ts'
import { readLogins } from './read.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'newel-read-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const read = async (text: string) => {
  const file = join(folder, 'logins')
  writeFileSync(file, text)
  const logins = []
  for await (const { login } of readLogins(file)) logins.push(login)
  return logins
}

const line = { ts_ms: 5, subject: 'a', ip: '192.0.2.1', user_agent: 'x', success: true }
const header =
  'index,Login Timestamp,User ID,Round-Trip Time [ms],IP Address,Country,Region,City,ASN,User Agent String,' +
  'Browser Name and Version,OS Name and Version,Device Type,Login Successful,Is Attack IP,Is Account Takeover'

describe('a file of logins', () => {
  it('is NDJSON, with a mark of any attacker, and without what nobody asked for', async () => {
    const full = {
      ...line,
      asn: 5,
      country: 'NO',
      attacker: 'vpn',
      typing: { hold_ms: [9], down_down_ms: [] },
    }
    expect(await read(`${JSON.stringify({ ...full, other: 1 })}\n\n${JSON.stringify(line)}`)).toEqual([
      full,
      line,
    ])
  })
  it('is the CSV of the public data set', async () => {
    const rows = [
      '0,2020-02-03 12:43:30.772,-43247,,10.0.65.171,NO,-,-,29695,"Mozilla/5.0 (X11, like Gecko) ""q""",Firefox 20,iOS 13,mobile,False,False,False',
      '1,2020-02-03 12:43:43.549,-43247,600,194.87.207.6,AU,NSW,Sydney,60117.0,Agent,Chrome 79,iOS 13,mobile,True,True,True',
    ]
    expect(await read([header, ...rows].join('\r\n'))).toEqual([
      {
        ts_ms: Date.UTC(2020, 1, 3, 12, 43, 30, 772),
        subject: '-43247',
        ip: '10.0.65.171',
        country: 'NO',
        asn: 29695,
        user_agent: 'Mozilla/5.0 (X11, like Gecko) "q"',
        success: false,
      },
      {
        ts_ms: Date.UTC(2020, 1, 3, 12, 43, 43, 549),
        subject: '-43247',
        ip: '194.87.207.6',
        country: 'AU',
        region: 'NSW',
        city: 'Sydney',
        asn: 60117,
        rtt_ms: 600,
        user_agent: 'Agent',
        success: true,
        attacker: 'takeover',
      },
    ])
  })
  it.each([
    ['a line that is no JSON', `${JSON.stringify(line)}\n{`, /line 2/],
    [
      'a member that is not there',
      JSON.stringify({ ...line, ip: undefined }),
      /line 1: ip: this member is required/,
    ],
    ['a member that does not fit', JSON.stringify({ ...line, success: 'yes' }), /line 1: success/],
    [
      'a time that runs backwards',
      [7, 6].map((ts_ms) => JSON.stringify({ ...line, ts_ms })).join('\n'),
      /line 2: is earlier/,
    ],
    ['an attacker of no kind', JSON.stringify({ ...line, attacker: 'me' }), /line 1: attacker/],
    ['a CSV line that is too short', `${header}\n1,2`, /line 2: 2 fields instead of 16/],
  ])('names the line: %s', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message)
  })
  it('may end without a line break, and break lines as Windows does', async () => {
    const [a, b] = [line, { ...line, ts_ms: 6, user_agent: 'ü–😀' }]
    expect(await read(`${JSON.stringify(a)}\r\n${JSON.stringify(b)}`)).toEqual([a, b])
  })
  it('has lines across the pieces in which it is read, none of them longer than 1 MiB', async () => {
    const lines = Array.from({ length: 600 }, (_, i) => ({ ...line, user_agent: 'ü😀'.repeat(600 + i) }))
    expect(await read(lines.map((each) => JSON.stringify(each)).join('\n'))).toEqual(lines)
    const long = JSON.stringify({ ...line, other: 'x'.repeat(2 ** 20) })
    await expect(read(`${JSON.stringify(line)}\n${long}\n`)).rejects.toThrow(
      /line 2: longer than 1048576 bytes/,
    )
  })
  it('may break quotes and commas as RFC 4180 says', () => {
    expect(fieldsOf('a,"b,c",,"d""e",')).toEqual(['a', 'b,c', '', 'd"e', ''])
    expect(() => fieldsOf('"a')).toThrow('quote')
  })
})

describe('progress', () => {
  const written: string[] = []
  const stream = (isTTY: boolean) => ({
    isTTY,
    write: (text: string | Uint8Array) => written.push(String(text)) > 0,
  })
  afterEach(() => {
    written.length = 0
  })
  it('is a bar on a terminal, which is gone in the end', () => {
    const progress = createProgress(stream(true))
    progress.at(0.5, 10)
    expect(written).toHaveLength(1)
    expect(written[0]!.split('\r\u001b[K')[1]).toMatch(/^█{12}░{12} 50\.0 % {2}10 rows, \d+ a second $/)
    progress.end()
    expect(written[1]).toBe('\r\u001b[K')
  })
  it('is shown nowhere else', () => {
    const progress = createProgress(stream(false))
    progress.at(0.5, 10)
    progress.end()
    expect(written).toEqual([])
  })
})
