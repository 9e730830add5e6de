import { codesOf, encodeText, type Facts, type TypedText, type TypingFacts } from '@newel/engine'
import { digest, spread } from './spread.ts'

export const nowMs = Date.UTC(2027, 0, 4, 9)
export const dayMs = 86_400_000

/** What the SDK reads: the components of FingerprintJS 5.2 without `fontPreferences` and `userAgentData`. */
const components =
  `fonts domBlockers audio screenFrame canvas osCpu languages colorDepth deviceMemory screenResolution
  hardwareConcurrency timezone sessionStorage localStorage indexedDB openDatabase cpuClass platform plugins touchSupport vendor
  vendorFlavors cookiesEnabled colorGamut invertedColors forcedColors monochrome contrast reducedMotion reducedTransparency hdr
  math pdfViewerEnabled architecture applePay privateClickMeasurement audioBaseLatency dateTimeLocale webGlBasics
  webGlExtensions`.split(/\s+/)

/** A device of the person. */
interface Device {
  readonly seed: number
  readonly screen: NonNullable<Facts['device']['screen']>
  readonly client: Pick<Facts['client'], 'browser' | 'browserMajor' | 'os' | 'osVersion' | 'deviceType'>
}

const laptop: Device = {
  seed: 1,
  screen: { width: 1920, height: 1080, pixelRatioPercent: 100 },
  client: { browser: 'Chrome', browserMajor: 156, os: 'Linux', osVersion: '', deviceType: 'desktop' },
}
const phone: Device = {
  seed: 2,
  screen: { width: 393, height: 873, pixelRatioPercent: 275 },
  client: { browser: 'Chrome', browserMajor: 156, os: 'Android', osVersion: '16', deviceType: 'mobile' },
}
const office: Device = {
  seed: 3,
  screen: { width: 2560, height: 1440, pixelRatioPercent: 150 },
  client: {
    browser: 'Microsoft Edge',
    browserMajor: 155,
    os: 'Windows',
    osVersion: '11',
    deviceType: 'desktop',
  },
}
export const jktOf = ({ seed }: Device): string => digest(seed, 43)

/** Where the person connects from. */
interface Line {
  readonly seed: number
  readonly asn: number
  readonly latitude: number
  readonly longitude: number
  readonly city: string
  readonly roundTripMs: number
}
const lines = {
  home: { seed: 11, asn: 3320, latitude: 52.52, longitude: 13.41, city: 'Berlin', roundTripMs: 21 },
  office: { seed: 12, asn: 680, latitude: 52.4, longitude: 13.06, city: 'Potsdam', roundTripMs: 14 },
  mobile: { seed: 13, asn: 12638, latitude: 53.55, longitude: 9.99, city: 'Hamburg', roundTripMs: 48 },
  cafe: { seed: 14, asn: 6805, latitude: 51.34, longitude: 12.37, city: 'Leipzig', roundTripMs: 33 },
} satisfies Record<string, Line>

/** The person's own rhythm, a little different each time. */
function codesOfText(index: number, keys: number): string {
  const time = (base: number, step: number, key: number): number =>
    (base + step * key) * (0.85 + 0.3 * spread(index * 61 + step * 7 + key))
  return encodeText(
    codesOf(
      Array.from({ length: keys }, (_, key) => time(80, 3, key)),
      Array.from({ length: keys - 1 }, (_, key) => time(140, 5, key)),
    ),
  )
}

/** Two texts, typed in every session. */
function typing(index: number, resolutionUs: number): TypingFacts {
  const field = (name: string, keys: number): TypedText => ({
    field: name,
    input: 'keys',
    resolutionUs,
    codes: codesOfText(index * 2 + keys, keys),
  })
  return { sinceMs: nowMs, fields: [field('account', 11), field('phrase', 17)] }
}

/** What a page sends of the person, a little different each time. */
function behaviourOf(index: number, device: Device): NonNullable<Facts['behaviour']> {
  const resolutionUs = device === phone ? 16_700 : 100
  const around = (value: number, at: number): number =>
    Math.round(value * (0.85 + 0.3 * spread(index * 67 + at)))
  const values = (...list: readonly number[]): readonly number[] => list.map(around)
  return {
    source: index,
    typing: typing(index, resolutionUs),
    freeText: { keys: 140, resolutionUs, values: values(95, 150, 180, 150, 140, 180, 250, 60, 14) },
    pointer: {
      pointer: device === phone ? 'touch' : 'mouse',
      strokes: 14,
      values: values(480, 520, 230, 930, 14, 28, 210, 90),
    },
    navigation: {
      pages: [101, around(9000, 1), 102, around(14_000, 2), 103 + (index % 3), around(6000, 3)],
      fields: [201, around(900, 4), 202, around(1500, 5)],
      pasted: index % 11 === 0 ? 1 : 0,
      returns: 0,
      absences: 1,
      flurries: 0,
    },
    automation: [52, 0, 1, 0, 7, 0, 1, 0, 3, 0, 0],
  }
}

/** Facts as the server makes them of one session: sessions differ in device, line, hour and rhythm. */
export function factsOf(index: number, atMs: number): Facts {
  const device = index % 9 === 4 ? office : index % 4 === 1 ? phone : laptop
  const line =
    index % 9 === 4
      ? lines.office
      : index % 4 === 1
        ? lines.mobile
        : index % 7 === 2
          ? lines.cafe
          : lines.home
  return {
    nowMs: atMs,
    device: {
      jkt: jktOf(device),
      ephemeral: false,
      proven: true,
      alike: { others: 0, seen: 900 },
      fingerprint: {
        library: '5.2.0',
        components: Object.fromEntries(
          components.map((name, component) => [name, digest(device.seed * 100 + component, 12)]),
        ),
      },
      screen: device.screen,
    },
    network: {
      prefix: `198.51.${line.seed}.0/24`,
      address: digest(line.seed * 10 + (index % 3), 12),
      asn: line.asn,
      country: 'DE',
      sameAddress: true,
      place: {
        latitude: line.latitude,
        longitude: line.longitude,
        radiusKm: 20,
        region: 'BE',
        city: line.city,
        serverKm: 420,
      },
      listed:
        line === lines.mobile
          ? [{ list: 'carriers', version: '1f6d2c9a', kind: 'mobile', weightPercent: 100, ageDays: 2 }]
          : [],
      roundTripMs: line.roundTripMs,
    },
    client: {
      ...device.client,
      userAgent: digest(device.seed * 50, 12),
      languages: 'de-DE,de,en-US,en',
      timezone: 'Europe/Berlin',
      offsetMinutes: 60,
      webdriver: false,
      contradicts: false,
    },
    behaviour: behaviourOf(index, device),
    absent: {},
    counters: {
      subjectFailures: 0.2,
      deviceFailures: 0.1,
      prefixFailures: 1.5,
      crowds: { prefix: [1, 30], client: [3, 80], operator: [9, 140] },
      sensitiveActions: 1.7,
      sessionStarts: 0.9,
      sessionTimeouts: 0.3,
    },
    session: { idleMinutes: 840, others: 1 },
    flags: { receipt: 'valid', proof: 'valid', sessionKeyChanged: false },
  }
}

/** The same of a sign-in page: one text was typed, and nothing else of behaviour was there to observe. */
export function signInFacts(index: number, atMs: number): Facts {
  const { behaviour, ...facts } = factsOf(index, atMs)
  const { sinceMs, fields } = behaviour!.typing!
  return { ...facts, behaviour: { source: index, typing: { sinceMs, fields: fields.slice(0, 1) } } }
}

/** How many single values facts hold. */
export const countValues = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce<number>((sum, member) => sum + countValues(member), 0)
    : 1
