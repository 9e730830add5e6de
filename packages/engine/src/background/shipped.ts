import type { Background, BackgroundTier } from './background.ts'
import { shippedHours } from './shipped-hours.ts'

const counts = (text: string): Record<string, number> =>
  Object.fromEntries(
    text
      .trim()
      .split(/\s*,\s*/)
      .filter((entry) => entry !== '')
      .map((entry) => {
        const at = entry.lastIndexOf(' ')
        return [entry.slice(0, at), Number(entry.slice(at + 1))]
      }),
  )

/** Counts are of 10 000 subject-days; what the list leaves out is spread over the values that were not listed. */
const tier = (distinct: number, unseen: number, values: string): BackgroundTier => ({
  total: 10_000,
  distinct,
  unseen,
  values: counts(values),
})

/**
 * A service has most of its users in few countries. In the public RBA data set (42 % Norway, 28 % United States, 5 % Russia …;
 * Wiefling et al., 2022) two sign-ins come from one country this often; by the world's shares alone, a small country would calm
 * by nearly all of its smallness.
 */
const sameCountry = 0.26

/**
 * Ships with the engine: what a service with users all over the world might see, until a tenant's own counts outweigh it.
 * It was not measured. The orders of magnitude follow public statistics of the years 2023 to 2025 (share of people who use
 * the Internet by country, share of page views by system, browser and language), rounded by hand; nothing was copied from a
 * data set. Operators, prefixes and addresses have no list: they only have the mass of a value that nobody has seen.
 */
export const shippedBackground: Background = {
  tiers: {
    country: {
      alike: sameCountry,
      ...tier(
        230,
        10,
        `CN 1900, IN 1500, US 700, ID 400, BR 380, RU 280, NG 220, JP 220, MX 200, PH 170, PK 170, BD 150, VN 160, DE 160,
       TR 150, EG 140, GB 140, IR 130, FR 130, TH 120, IT 110, KR 100, ES 95, CO 80, ZA 80, AR 80, PL 70, CA 75, UA 60,
       SA 65, MY 65, MA 60, PE 50, TW 45, NL 35, AU 50, CL 35, RO 35, BE 22, SE 21, CZ 20, CH 18, AT 17, PT 18, HK 15,
       SG 12, NO 11, DK 12, FI 11, IE 10, IL 17, AE 20, NZ 10, HU 18, GR 17`,
      ),
    },
    asn: tier(9, 1, ''),
    prefix: tier(90, 10, ''),
    address: tier(18, 2, ''),
    timezone: tier(
      300,
      20,
      `Asia/Shanghai 1900, Asia/Kolkata 800, Asia/Calcutta 700, Asia/Jakarta 350, America/Sao_Paulo 340,
       America/New_York 340, America/Chicago 210, America/Los_Angeles 150, America/Denver 45, America/Toronto 40,
       Europe/Moscow 200, Africa/Lagos 230, Asia/Tokyo 220, America/Mexico_City 170, Asia/Manila 170, Asia/Karachi 170,
       Asia/Dhaka 150, Asia/Ho_Chi_Minh 80, Asia/Saigon 80, Europe/Berlin 160, Europe/Istanbul 150, Africa/Cairo 140,
       Europe/London 140, Asia/Tehran 130, Europe/Paris 130, Asia/Bangkok 120, Europe/Rome 110, Asia/Seoul 100,
       Europe/Madrid 95, America/Bogota 80, Africa/Johannesburg 80, America/Argentina/Buenos_Aires 60, Europe/Warsaw 70,
       Europe/Kiev 35, Europe/Kyiv 25, Asia/Riyadh 65, Asia/Kuala_Lumpur 65, Africa/Casablanca 60, America/Lima 50,
       Asia/Taipei 45, Europe/Amsterdam 35, Australia/Sydney 30, America/Santiago 35, Europe/Bucharest 35,
       Europe/Brussels 22, Europe/Stockholm 21, Europe/Prague 20, Europe/Zurich 18, Europe/Vienna 17, Asia/Hong_Kong 15,
       Asia/Singapore 12, Europe/Oslo 11, Europe/Copenhagen 12, Europe/Helsinki 11, Europe/Lisbon 18, Asia/Dubai 20,
       UTC 60`,
    ),
    system: tier(
      20,
      4,
      `mobile Android 4200, desktop Windows 2900, mobile iOS 1550, desktop macOS 620, desktop Linux 170,
       tablet iOS 110, tablet Android 100, desktop Chrome OS 70`,
    ),
    browser: tier(
      40,
      10,
      `Chrome 6500, Safari 1700, Microsoft Edge 500, Firefox 260, Samsung Internet for Android 230, Opera 200,
       UC Browser 90, Yandex Browser 70, Android Browser 50, Chromium 20`,
    ),
    languages: tier(
      90,
      20,
      `en 3600, zh 1500, es 800, pt 450, ru 400, ja 280, de 300, fr 330, id 300, ar 330, hi 150, tr 180, vi 180, it 160,
       ko 140, pl 110, th 130, nl 70, fa 110, uk 50, ro 40, cs 40, sv 40, hu 30, el 30, da 20, fi 20, nb 20, he 25`,
    ),
    screen: tier(
      900,
      100,
      `1920x1080 900, 800x360 800, 1536x864 380, 1366x768 350, 896x414 300, 844x390 350, 873x393 350, 915x412 350,
       892x412 120, 852x393 250, 932x430 200, 1440x900 180, 1280x720 170, 2560x1440 170, 780x360 130, 667x375 100,
       812x375 130, 1600x900 120, 1280x800 110, 1470x956 60, 1512x982 60, 1728x1117 50, 3840x2160 50, 1024x768 80,
       1180x820 50, 1080x810 50, 2560x1600 40, 3440x1440 40`,
    ),
  },
  hours: shippedHours,
}
export const shippedBackgroundVersion = 'shipped-2'
