import { describe, expect, it } from 'vitest'
import { contradicts, parseUserAgent } from './user-agent.ts'

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'

describe('user agents', () => {
  it('become families', () => {
    expect(parseUserAgent(chrome)).toMatchObject({
      browser: 'Chrome',
      browserMajor: 140,
      os: 'Windows',
      deviceType: 'desktop',
    })
    expect(parseUserAgent(safari)).toMatchObject({
      browser: 'Safari',
      browserMajor: 18,
      os: 'iOS',
      deviceType: 'mobile',
    })
  })
  it('that say nothing known are unknown, never an error', () => {
    for (const header of [undefined, '', 'x', '\u0000', '('.repeat(512), 'Chrome/99999999999999999999']) {
      expect(parseUserAgent(header).deviceType).toMatch(/unknown|desktop/)
    }
  })
})

describe('layers', () => {
  it('contradict each other when they name different systems', () => {
    expect(contradicts({ header: chrome, hint: 'Linux', page: 'Win32' })).toBe(true)
    expect(contradicts({ header: chrome, hint: undefined, page: 'MacIntel' })).toBe(true)
  })
  it('do not where browsers are known to say it differently', () => {
    expect(contradicts({ header: chrome, hint: 'Windows', page: 'Win32' })).toBe(false)
    expect(
      contradicts({ header: 'Mozilla/5.0 (Linux; Android 15)', hint: 'Android', page: 'Linux armv81' }),
    ).toBe(false)
    expect(contradicts({ header: safari, hint: undefined, page: 'MacIntel' })).toBe(false)
    expect(contradicts({ header: undefined, hint: undefined, page: undefined })).toBe(false)
  })
  it('contradict each other when brands belong to another browser than the header, or to another version', () => {
    const brands = '"Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"'
    const plain = { hint: undefined, page: undefined }
    const current = chrome.replace(/Chrome\/\d+/, 'Chrome/140')
    expect(contradicts({ ...plain, header: current, hintBrands: brands, pageBrands: ['Chromium 140'] })).toBe(
      false,
    )
    expect(
      contradicts({ ...plain, header: current.replace('Chrome', 'HeadlessChrome'), hintBrands: brands }),
    ).toBe(false)
    expect(contradicts({ ...plain, header: safari, hintBrands: brands })).toBe(true)
    expect(
      contradicts({ ...plain, header: current, pageBrands: ['Chromium 139', 'Google Chrome 139'] }),
    ).toBe(true)
    expect(contradicts({ ...plain, header: safari, pageBrands: [] })).toBe(false)
  })
  it('contradict each other when one says phone and the other does not', () => {
    const plain = { hint: undefined, page: undefined }
    const phone = 'Mozilla/5.0 (Linux; Android 10; K) Chrome/140.0.0.0 Mobile Safari/537.36'
    expect(contradicts({ ...plain, header: phone, hintMobile: '?1', pageMobile: true })).toBe(false)
    expect(contradicts({ ...plain, header: chrome, hintMobile: '?0', pageMobile: false })).toBe(false)
    expect(contradicts({ ...plain, header: phone, hintMobile: '?0' })).toBe(true)
    expect(contradicts({ ...plain, header: chrome, pageMobile: true })).toBe(true)
    expect(contradicts({ ...plain, header: chrome, hintMobile: 'nonsense' })).toBe(false)
  })
})
