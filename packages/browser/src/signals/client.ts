import type { Collector } from '../collect.ts'

/** User-Agent Client Hints, which only Chromium has (https://wicg.github.io/ua-client-hints/). */
interface UserAgentData {
  readonly platform: string
  readonly mobile: boolean
  readonly brands: readonly { readonly brand: string; readonly version: string }[]
}

/** Chromium lists a made-up brand, so that nobody relies on the order or the number of them. */
const grease = /not[^a-z]{0,3}a[^a-z]{0,3}brand/i

const text = (value: string): string => value.replaceAll(/\p{Cc}/gu, '').slice(0, 64)

export const client: Collector<'client'> = {
  wire: 'client@1',
  collect() {
    const { userAgentData, platform, maxTouchPoints, webdriver } = navigator as Navigator & {
      readonly userAgentData?: UserAgentData
    }
    return {
      value: {
        platform: text(userAgentData?.platform ?? platform),
        touch_points: Math.min(256, maxTouchPoints),
        webdriver,
        ...(userAgentData && {
          mobile: userAgentData.mobile,
          brands: userAgentData.brands
            .filter(({ brand }) => !grease.test(brand))
            .map(({ brand, version }) => text(`${brand} ${version}`))
            .slice(0, 8),
        }),
      },
    }
  },
}
