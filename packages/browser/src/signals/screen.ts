import type { Collector } from '../collect.ts'

const within = (value: number, min: number, max: number): number =>
  Math.min(max, Math.max(min, Math.round(value)))

export const screen: Collector<'screen'> = {
  wire: 'screen@1',
  collect() {
    const { width, height, colorDepth } = globalThis.screen
    return {
      value: {
        width: within(width, 0, 32_767),
        height: within(height, 0, 32_767),
        color_depth: within(colorDepth, 1, 64),
        pixel_ratio_percent: within(devicePixelRatio * 100, 10, 1000),
      },
    }
  },
}
