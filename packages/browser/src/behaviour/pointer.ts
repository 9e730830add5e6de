import { createStrokes, type PointerSample } from '../features/pointer.ts'
import { listen } from './listen.ts'
import type { Watch } from './watch.ts'

/** How the pointer moves, wherever it is; what lies beneath it is not looked at. */
export function watchPointer(): Watch<'pointer'> {
  const strokes = createStrokes()
  const kinds = { pointermove: 'move', pointerdown: 'down', pointerup: 'up' } as const

  for (const type of ['pointermove', 'pointerdown', 'pointerup'] as const) {
    listen(type, (event) => {
      if (!event.isTrusted || !event.isPrimary) return
      const { timeStamp: atMs, clientX: x, clientY: y } = event
      const pointer: PointerSample['pointer'] =
        event.pointerType === 'touch' || event.pointerType === 'pen' ? event.pointerType : 'mouse'
      strokes.add({ atMs, x, y, kind: kinds[type], pointer })
    })
  }

  return {
    fresh: () => false,
    collect() {
      const summary = strokes.summary()
      return summary === undefined ? { absent: 'idle' } : { value: summary }
    },
    clear: () => strokes.clear(),
  }
}
