import type { SeededRandom } from '../random.ts'
import { mix, pick, type Weighed } from './draw.ts'
import type { Input } from './typing.ts'

export type ClientKind =
  | 'android-chrome'
  | 'iphone-safari'
  | 'samsung'
  | 'windows-chrome'
  | 'windows-edge'
  | 'windows-firefox'
  | 'mac-safari'
  | 'mac-chrome'
  | 'ipad-safari'

/** Shares of page views on phones, and on other machines, in round figures. */
export const phones: readonly Weighed<ClientKind>[] = [
  { value: 'android-chrome', weight: 50 },
  { value: 'iphone-safari', weight: 42 },
  { value: 'samsung', weight: 8 },
]
export const machines: readonly Weighed<ClientKind>[] = [
  { value: 'windows-chrome', weight: 46 },
  { value: 'windows-edge', weight: 13 },
  { value: 'windows-firefox', weight: 8 },
  { value: 'mac-safari', weight: 14 },
  { value: 'mac-chrome', weight: 10 },
  { value: 'ipad-safari', weight: 9 },
]

const onScreen: readonly ClientKind[] = ['android-chrome', 'samsung', 'iphone-safari', 'ipad-safari']
/** What a person types on. */
export const inputOf = (kind: ClientKind): Input => (onScreen.includes(kind) ? 'screen' : 'keys')

/** A new major version of Chrome every six weeks, counted from 80 on the first day. */
const chromeOn = (day: number): number => 80 + Math.floor(day / 42)

/** @param lag majors behind the newest: some update late */
export function userAgentOf(kind: ClientKind, day: number, lag: number): string {
  const chrome = `Chrome/${Math.max(70, chromeOn(day) - lag)}.0.0.0`
  const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
  const safari = 13 + Math.floor((day + 120) / 365)
  switch (kind) {
    case 'android-chrome':
      return `Mozilla/5.0 (Linux; Android 10; K) ${webkit} ${chrome} Mobile Safari/537.36`
    case 'samsung':
      return `Mozilla/5.0 (Linux; Android 10; SAMSUNG SM-G975F) ${webkit} SamsungBrowser/${12 + Math.floor(day / 150)}.0 Chrome/79.0.3945.136 Mobile Safari/537.36`
    case 'iphone-safari':
      return `Mozilla/5.0 (iPhone; CPU iPhone OS ${safari}_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${safari}.1 Mobile/15E148 Safari/604.1`
    case 'ipad-safari':
      return `Mozilla/5.0 (iPad; CPU OS ${safari}_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${safari}.1 Mobile/15E148 Safari/604.1`
    case 'windows-chrome':
      return `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} ${chrome} Safari/537.36`
    case 'windows-edge':
      return `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} ${chrome} Safari/537.36 Edg/${chromeOn(day) - lag}.0.0.0`
    case 'windows-firefox':
      return `Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:${73 + Math.floor(day / 28) - lag}.0) Gecko/20100101 Firefox/${73 + Math.floor(day / 28) - lag}.0`
    case 'mac-safari':
      return `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${safari}.1 Safari/605.1.15`
    case 'mac-chrome':
      return `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} ${chrome} Safari/537.36`
  }
}

/** What attackers' tools and rented machines show when nobody thought about it. */
export const popularClient = (random: SeededRandom): ClientKind =>
  pick(random, [...machines.slice(0, 3), ...phones.slice(0, 2)])

const sizes: Readonly<Record<ClientKind, readonly (readonly [number, number, number])[]>> = {
  'android-chrome': [
    [360, 800, 300],
    [412, 915, 263],
    [393, 873, 275],
    [360, 640, 300],
  ],
  samsung: [
    [412, 869, 350],
    [360, 760, 400],
  ],
  'iphone-safari': [
    [375, 812, 300],
    [414, 896, 200],
    [375, 667, 200],
    [390, 844, 300],
  ],
  'windows-chrome': [
    [1920, 1080, 100],
    [1536, 864, 125],
    [1366, 768, 100],
    [2560, 1440, 100],
  ],
  'windows-edge': [
    [1920, 1080, 100],
    [1536, 864, 125],
  ],
  'windows-firefox': [
    [1920, 1080, 100],
    [1366, 768, 100],
    [1600, 900, 100],
  ],
  'mac-safari': [
    [1440, 900, 200],
    [1680, 1050, 200],
    [2560, 1440, 100],
  ],
  'mac-chrome': [
    [1440, 900, 200],
    [1680, 1050, 200],
  ],
  'ipad-safari': [
    [768, 1024, 200],
    [810, 1080, 200],
  ],
}

/** Screen, languages and zone, as an envelope of the SDK has them. */
export function observationsOf(
  kind: ClientKind,
  unit: number,
  setting: { readonly zone: string; readonly offsetMinutes: number; readonly languages: readonly string[] },
): Record<string, { readonly value: unknown }> {
  const known = sizes[kind]
  const [width, height, ratio] = known[mix(unit, 5) % known.length]!
  return {
    'language@1': { value: { languages: setting.languages } },
    'timezone@1': { value: { zone: setting.zone, offset_minutes: setting.offsetMinutes } },
    'screen@1': { value: { width, height, color_depth: 24, pixel_ratio_percent: ratio } },
  }
}
