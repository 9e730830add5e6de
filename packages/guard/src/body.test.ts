import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { parseBody, readFields, readStream } from './body.ts'

const parse = (text: string | Uint8Array, type?: string, more: Record<string, string> = {}) => {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const result = parseBody(
    bytes,
    new Headers({ ...(type !== undefined && { 'content-type': type }), ...more }),
  )
  return result.ok ? result.body : result.problem.code
}

describe('a body', () => {
  it('is a JSON object or a form', () => {
    expect(parse('{"to":"a"}', 'application/json')).toEqual({ to: 'a' })
    expect(parse('{"to":"a"}', 'Application/JSON; charset="utf-8"')).toEqual({ to: 'a' })
    expect(parse('{"to":"a"}', 'application/vnd.bank+json')).toEqual({ to: 'a' })
    expect(parse('to=a+b&amount=1%2C00', 'application/x-www-form-urlencoded')).toEqual({
      to: 'a b',
      amount: '1,00',
    })
  })

  it('has no members where there is none', () => {
    expect(parse('')).toEqual({})
    expect(parse('', 'application/json')).toEqual({})
  })

  it('is refused in a form that the handler may read otherwise', () => {
    expect(parse('{"to":"a"}')).toBe('unsupported_media_type')
    expect(parse('{"to":"a"}', 'text/plain')).toBe('unsupported_media_type')
    expect(parse('{"to":"a"}', 'application/json; charset=utf-16')).toBe('unsupported_media_type')
    expect(parse('{"to":"a"}', 'application/json', { 'content-encoding': 'gzip' })).toBe(
      'unsupported_media_type',
    )
  })

  it.each(['../../../README.md', '../../browser/README.md'])(
    'is what the script tag in %s sends',
    async (file) => {
      const readme = readFileSync(new URL(file, import.meta.url), 'utf8')
      const init = /Newel\.client\.fetch\('\/transfer', (\{.*\})\)/.exec(readme)?.[1]
      class FormDataOfForm extends FormData {
        constructor() {
          super()
          this.append('to', 'Kofi')
        }
      }
      const written: unknown = runInNewContext(`(${String(init)})`, {
        URLSearchParams,
        FormData: FormDataOfForm,
        form: {},
      })
      const request = new Request('https://bank.example/transfer', written as RequestInit)
      expect(parse(await request.text(), request.headers.get('content-type') ?? '')).toEqual({ to: 'Kofi' })
    },
  )

  it('says what it may be, where it is neither', () => {
    const form = parseBody(
      new Uint8Array([1]),
      new Headers({ 'content-type': 'multipart/form-data; boundary=x' }),
    )
    expect(!form.ok && form.problem.title).toBe(
      'Send JSON or an urlencoded form (URLSearchParams) in UTF-8; multipart is not read.',
    )
  })

  it('is refused where it cannot be read', () => {
    expect(parse('{"to":"a","to":"b"}', 'application/json')).toBe('invalid_request')
    expect(parse('[1]', 'application/json')).toBe('invalid_request')
    expect(parse(new Uint8Array([0x22, 0xff, 0x22]), 'application/json')).toBe('invalid_request')
  })

  it('keeps every value of a field that is given twice, so that nobody chooses one', () => {
    expect(readFields(new URLSearchParams('a=1&b=2&a=3'))).toEqual({ a: ['1', '3'], b: '2' })
  })

  it('survives the names that objects are made of', () => {
    expect(Object.keys(readFields(new URLSearchParams('__proto__=x&constructor=y')))).toEqual([
      '__proto__',
      'constructor',
    ])
  })

  it('is read up to its cap and not further', async () => {
    let given = 0
    async function* chunks() {
      for (;;) {
        given += 1
        yield new Uint8Array(10)
      }
    }
    expect(await readStream(chunks(), 35)).toBeUndefined()
    expect(given).toBe(4)
  })
})
