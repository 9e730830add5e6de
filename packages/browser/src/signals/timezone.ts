import type { Collector } from '../collect.ts'

export const timezone: Collector<'timezone'> = {
  wire: 'timezone@1',
  collect() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
    // Some builds without time zone data leave it out; the types say that none does.
    if (typeof zone !== 'string' || !/^[\w+\-/]{1,64}$/.test(zone)) return { absent: 'unsupported' }
    return { value: { zone, offset_minutes: 0 - new Date().getTimezoneOffset() } }
  },
}
