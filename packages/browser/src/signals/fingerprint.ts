import type { Collector } from '../collect.ts'
import { digestComponents } from '../features.ts'

export const fingerprint: Collector<'fingerprint'> = {
  wire: 'fingerprint@1',
  async collect() {
    const library = await import('./components.ts').catch(() => undefined)
    if (library === undefined) return { absent: 'blocked' }
    // It waits for idle time by itself. Its monitoring would call a host of its maker.
    const agent = await library.load({ monitoring: false })
    const { version, components } = await agent.get()
    return { value: { library: version, components: await digestComponents(components) } }
  },
}
