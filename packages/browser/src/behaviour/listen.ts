type Events = DocumentEventMap & WindowEventMap

/**
 * Hears an event of the whole document before the page does. Passive: nothing is held up or prevented. Whatever goes wrong
 * inside stays inside, since the page must never notice.
 */
export function listen<K extends keyof Events>(
  type: K,
  hear: (event: Events[K]) => void,
  target: Document | Window = document,
): void {
  target.addEventListener(
    type,
    (event) => {
      try {
        hear(event as Events[K])
      } catch {
        // What could not be read was not observed.
      }
    },
    { capture: true, passive: true },
  )
}
