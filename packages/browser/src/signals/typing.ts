import type { Collector } from '../collect.ts'

/** No field is observed unless the page opts it in, and no field can be yet. */
export const typing: Collector<'typing'> = {
  wire: 'typing@1',
  collect: () => ({ absent: 'unsupported' }),
}
