import { sha256 } from '../bytes.ts'

/**
 * JSON with the members of objects in order of their names: equal values give equal text, whichever order a browser or a
 * library lists them in.
 */
export function canonicalText(value: unknown): string {
  const sorted = (_name: string, member: unknown): unknown =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member
  // What JSON has no text for gives `undefined`, which the types do not say.
  const text = JSON.stringify(value, sorted) as string | undefined
  return text ?? 'undefined'
}

/** One fact of a fingerprint: its value, or the error that reading it ended with. */
export type Component = { readonly value: unknown } | { readonly error: unknown }

const maxComponents = 64

/**
 * Each component as the first 9 bytes of the SHA-256 of its canonical text, in 12 characters of base64url. Components
 * that ended in an error, and names that the wire does not know, are left out; at most 64 are kept.
 */
export async function digestComponents(
  components: Readonly<Record<string, Component>>,
): Promise<Record<string, string>> {
  const digests: Promise<[string, string]>[] = []
  for (const [name, component] of Object.entries(components)) {
    if ('error' in component || !/^[a-zA-Z][a-zA-Z0-9]{0,39}$/.test(name)) continue
    digests.push(sha256(canonicalText(component.value)).then((digest) => [name, digest.slice(0, 12)]))
  }
  return Object.fromEntries(await Promise.all(digests.slice(0, maxComponents)))
}
