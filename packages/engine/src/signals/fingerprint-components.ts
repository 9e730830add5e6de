/**
 * Components of FingerprintJS 5 that are compared, in the order in which profiles and records keep them; new ones go to the
 * end. `chance`: share of pairs of different people's browsers of one kind that agree. `stable`: share of pairs of visits
 * of one browser, some days apart, that agree. Starting values, in the order of magnitude of the published entropies
 * (AmIUnique, 2016; Hiding in the Crowd, 2018), replaced per subject by what is counted.
 */
export const fingerprintComponents = {
  fonts: { chance: 0.25, stable: 0.97 },
  domBlockers: { chance: 0.75, stable: 0.95 },
  // Brands, model and version of the system. The SDK leaves it out, since it asks for client hints of high entropy.
  userAgentData: { chance: 0.35, stable: 0.95 },
  audio: { chance: 0.35, stable: 0.96 },
  screenFrame: { chance: 0.25, stable: 0.85 },
  canvas: { chance: 0.08, stable: 0.93 },
  osCpu: { chance: 0.95, stable: 0.999 },
  languages: { chance: 0.35, stable: 0.98 },
  colorDepth: { chance: 0.9, stable: 0.99 },
  deviceMemory: { chance: 0.5, stable: 0.995 },
  screenResolution: { chance: 0.12, stable: 0.9 },
  hardwareConcurrency: { chance: 0.3, stable: 0.99 },
  timezone: { chance: 0.3, stable: 0.98 },
  sessionStorage: { chance: 0.99, stable: 0.999 },
  localStorage: { chance: 0.99, stable: 0.999 },
  indexedDB: { chance: 0.99, stable: 0.999 },
  openDatabase: { chance: 0.98, stable: 0.999 },
  cpuClass: { chance: 0.99, stable: 0.999 },
  platform: { chance: 0.6, stable: 0.998 },
  plugins: { chance: 0.85, stable: 0.97 },
  touchSupport: { chance: 0.7, stable: 0.99 },
  vendor: { chance: 0.9, stable: 0.999 },
  vendorFlavors: { chance: 0.9, stable: 0.995 },
  cookiesEnabled: { chance: 0.99, stable: 0.999 },
  colorGamut: { chance: 0.7, stable: 0.97 },
  invertedColors: { chance: 0.98, stable: 0.999 },
  forcedColors: { chance: 0.98, stable: 0.999 },
  monochrome: { chance: 0.98, stable: 0.999 },
  contrast: { chance: 0.95, stable: 0.99 },
  reducedMotion: { chance: 0.9, stable: 0.99 },
  reducedTransparency: { chance: 0.95, stable: 0.99 },
  hdr: { chance: 0.7, stable: 0.96 },
  math: { chance: 0.6, stable: 0.98 },
  pdfViewerEnabled: { chance: 0.9, stable: 0.995 },
  architecture: { chance: 0.8, stable: 0.999 },
  applePay: { chance: 0.9, stable: 0.995 },
  privateClickMeasurement: { chance: 0.9, stable: 0.995 },
  audioBaseLatency: { chance: 0.5, stable: 0.95 },
  dateTimeLocale: { chance: 0.35, stable: 0.98 },
  webGlBasics: { chance: 0.3, stable: 0.95 },
  webGlExtensions: { chance: 0.15, stable: 0.92 },
} as const satisfies Record<string, { readonly chance: number; readonly stable: number }>

export type FingerprintComponent = keyof typeof fingerprintComponents
export const fingerprintComponentNames = Object.keys(fingerprintComponents) as readonly FingerprintComponent[]

/** Characters of a component's digest that are compared and kept: 24 bits. */
export const componentCharacters = 4
