import type { ClientFacts } from '@newel/engine'
import Bowser from 'bowser'
import { createLru } from './lru.ts'

type Parsed = Pick<ClientFacts, 'browser' | 'browserMajor' | 'os' | 'osVersion' | 'deviceType'>

const unknown: Parsed = {
  browser: 'unknown',
  browserMajor: 0,
  os: 'unknown',
  osVersion: '',
  deviceType: 'unknown',
}

/** Headers that were read: there are few, and each takes longer to read than to decide about. */
const read = createLru<string, Parsed>(1024)

/** Families out of a user agent header. What the parser does not know is "unknown", never an error. */
export function parseUserAgent(header: string | undefined): Parsed {
  if (header === undefined || header === '') return unknown
  const known = read.get(header)
  if (known !== undefined) return known
  const parsed = parse(header)
  read.set(header, parsed)
  return parsed
}

function parse(header: string): Parsed {
  try {
    const { browser, os, platform } = Bowser.parse(header)
    const major = Number.parseInt(browser.version ?? '', 10)
    return {
      browser: browser.name ?? 'unknown',
      browserMajor: Number.isSafeInteger(major) ? Math.min(major, 65_535) : 0,
      os: os.name ?? 'unknown',
      osVersion: (os.versionName ?? os.version ?? '').slice(0, 32),
      deviceType: deviceType(platform.type),
    }
  } catch {
    return unknown
  }
}

function deviceType(type: string | undefined): ClientFacts['deviceType'] {
  switch (type) {
    case 'desktop':
    case 'mobile':
    case 'tablet':
    case 'bot':
      return type
    default:
      return 'unknown'
  }
}

/** System families as the three layers name them, brought to one word each. */
const families: readonly (readonly [RegExp, string])[] = [
  [/android/i, 'android'],
  [/iphone|ipad|ipod|\bios\b/i, 'ios'],
  [/mac/i, 'mac'],
  [/win/i, 'windows'],
  [/cros|chrome\s?os|chromium os/i, 'chromeos'],
  [/linux|x11/i, 'linux'],
]
const family = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : families.find(([pattern]) => pattern.test(text))?.[1]

/**
 * Whether header, client hint and page name different systems. Android says "Linux" to `navigator.platform`, an iPad in
 * desktop mode says "Mac": those are no contradictions.
 */
export function contradicts(layers: {
  readonly header: string | undefined
  readonly hint: string | undefined
  readonly page: string | undefined
}): boolean {
  const named = [family(layers.header), family(layers.hint), family(layers.page)]
  const known = new Set(named.filter((entry) => entry !== undefined))
  if (known.size < 2) return false
  const alike = (a: string, b: string): boolean => known.size === 2 && known.has(a) && known.has(b)
  return !(alike('android', 'linux') || alike('ios', 'mac') || alike('chromeos', 'linux'))
}
