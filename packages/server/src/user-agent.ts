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

/** What the layers of a browser say of it; each may be missing. */
export interface Layers {
  /** `User-Agent`. */
  readonly header: string | undefined
  /** `Sec-CH-UA-Platform`, `Sec-CH-UA` and `Sec-CH-UA-Mobile`. */
  readonly hint: string | undefined
  readonly hintBrands?: string | undefined
  readonly hintMobile?: string | undefined
  /** `navigator.userAgentData` of the page, or `navigator.platform`. */
  readonly page: string | undefined
  readonly pageBrands?: readonly string[] | undefined
  readonly pageMobile?: boolean | undefined
}

/**
 * Whether header, client hint and page name different systems. Android says "Linux" to `navigator.platform`, an iPad in
 * desktop mode says "Mac": those are no contradictions.
 */
function systemsDiffer({ header, hint, page }: Layers): boolean {
  const named = [family(header), family(hint), family(page)]
  const known = new Set(named.filter((entry) => entry !== undefined))
  if (known.size < 2) return false
  const alike = (a: string, b: string): boolean => known.size === 2 && known.has(a) && known.has(b)
  return !(alike('android', 'linux') || alike('ios', 'mac') || alike('chromeos', 'linux'))
}

const chromiumBrand = /\bChromium"?;?(?:v=)?"?\s*(\d{1,4})?/

/** Brands are Chromium's own: a header of another engine, or of another major version of it, is not from that browser. */
function browsersDiffer({ header, hintBrands, pageBrands }: Layers): boolean {
  if (header === undefined) return false
  const said = [hintBrands, pageBrands?.join(', ')].filter((brands) => brands !== undefined && brands !== '')
  return said.some((brands) => {
    const chromium = chromiumBrand.exec(brands ?? '')
    if (chromium === null) return false
    const inHeader = /(?:Chrome|Chromium)\/(\d{1,4})/.exec(header)
    if (inHeader === null) return true
    return chromium[1] !== undefined && chromium[1] !== inHeader[1]
  })
}

/** Chromium says "Mobile" in the header exactly where its hints do. */
function kindsDiffer({ header, hintMobile, pageMobile }: Layers): boolean {
  const hint = hintMobile === '?1' ? true : hintMobile === '?0' ? false : undefined
  const said = [hint, pageMobile].filter((mobile) => mobile !== undefined)
  if (header === undefined) return new Set(said).size > 1
  return said.some((mobile) => mobile !== /\bMobile\b/.test(header))
}

/**
 * Whether the layers contradict each other: the systems they name, the browser and its version, or whether it is a phone's.
 * One tool makes all of it, so it counts once.
 */
export const contradicts = (layers: Layers): boolean =>
  systemsDiffer(layers) || browsersDiffer(layers) || kindsDiffer(layers)
