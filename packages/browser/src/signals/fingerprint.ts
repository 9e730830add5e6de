import type { Collector } from '../collect.ts'
import { digestComponents } from '../features/components.ts'

export const fingerprint: Collector<'fingerprint'> = {
  wire: 'fingerprint@1',
  async collect() {
    const library = await import('./components.ts').catch(() => undefined)
    if (library === undefined) return { absent: 'blocked' }
    const components = await digestComponents(await library.readComponents())
    return { value: { library: library.version, components } }
  },
}
