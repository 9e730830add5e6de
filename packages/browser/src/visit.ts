import { randomId } from './bytes.ts'

/** A visit groups the envelopes of one tab between sign-out and sign-out, or until nothing happened for 30 minutes. */
export interface Visit {
  /** The current visit, 16 random bytes in base64url; using it keeps it alive. */
  current(): string
  renew(): void
}

const storageKey = 'newel.visit'
const idleMs = 30 * 60_000
const shape = /^([\w-]{22})\.(\d{1,15})$/

/** Storage can be forbidden or full; then the visit ends with the page. */
const attempt = <T>(action: () => T): T | undefined => {
  try {
    return action()
  } catch {
    return undefined
  }
}

export function createVisit(): Visit {
  let memory: string | undefined
  const write = (id: string): string => {
    memory = `${id}.${Date.now()}`
    attempt(() => sessionStorage.setItem(storageKey, memory!))
    return id
  }
  return {
    current() {
      const [, id, usedMs] =
        shape.exec(attempt(() => sessionStorage.getItem(storageKey)) ?? memory ?? '') ?? []
      return write(id === undefined || Date.now() - Number(usedMs) > idleMs ? randomId() : id)
    },
    renew: () => void write(randomId()),
  }
}
