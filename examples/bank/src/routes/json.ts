import type { Context } from 'hono'
import * as v from 'valibot'
import type { Env } from '../http.ts'

const maxBytes = 8192

/** The body, where it is JSON, small, and of the shape; `undefined` for anything else. */
export async function readJson<T extends v.GenericSchema>(
  c: Context<Env>,
  shape: T,
): Promise<v.InferOutput<T> | undefined> {
  // A form of another site can send text and forms, and never this type without asking first.
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) return undefined
  if (Number(c.req.header('content-length') ?? 0) > maxBytes) return undefined
  const text = await c.req.text()
  if (text.length > maxBytes) return undefined
  try {
    const parsed = v.safeParse(shape, JSON.parse(text))
    return parsed.success ? parsed.output : undefined
  } catch {
    return undefined
  }
}
