import type { Collector } from '../collect.ts'

export const deviceKey: Collector<'device-key'> = {
  wire: 'device-key@1',
  collect: ({ ephemeral }) => ({ value: { ephemeral } }),
}
