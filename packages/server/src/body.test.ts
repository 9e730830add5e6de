import { describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { assertPlainJson, parseBody, receiveBody } from './body.ts'
import { ProblemError } from './problem.ts'

const schema = v.strictObject({ a: v.number() })
const post = (body: BodyInit, type = 'application/json'): Request =>
  new Request('http://newel.internal/v1/x', { method: 'POST', body, headers: { 'content-type': type } })
async function readBody(request: Request, shape: typeof schema, limit: number) {
  const text = await receiveBody(request, limit)
  return { body: parseBody(text, shape), text }
}
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return 'passed'
  } catch (error) {
    return error instanceof ProblemError ? error.code : 'no problem'
  }
}

describe('bodies', () => {
  it('are read and checked', async () => {
    expect(await readBody(post('{"a":1}'), schema, 100)).toEqual({ body: { a: 1 }, text: '{"a":1}' })
    expect(await codeOf(readBody(post('{"a":1}', 'application/json; charset=utf-8'), schema, 100))).toBe(
      'passed',
    )
  })
  it('have to say that they are JSON', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'text/json',
    ]) {
      expect(await codeOf(readBody(post('{"a":1}', type), schema, 100))).toBe('unsupported_media_type')
    }
  })
  it('over the limit are refused, with or without a stated length', async () => {
    const long = `{"a":${'1'.repeat(200)}}`
    expect(await codeOf(readBody(post(long), schema, 100))).toBe('payload_too_large')
    const stream = new Blob([long]).stream()
    const streamed = new Request('http://newel.internal/', {
      method: 'POST',
      body: stream,
      headers: { 'content-type': 'application/json' },
      duplex: 'half',
    } as RequestInit)
    expect(await codeOf(readBody(streamed, schema, 100))).toBe('payload_too_large')
  })
  it('over the limit are refused as that, also where their stream does not let itself be cancelled', async () => {
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(200)),
      cancel: () => Promise.reject(new Error('the connection is gone')),
    })
    const streamed = new Request('http://newel.internal/', {
      method: 'POST',
      body: endless,
      headers: { 'content-type': 'application/json' },
      duplex: 'half',
    } as RequestInit)
    expect(await codeOf(receiveBody(streamed, 100))).toBe('payload_too_large')
  })
  it('are read alike with a stated length, which no body may exceed', async () => {
    const stated = (body: string): Request =>
      new Request('http://newel.internal/', {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'content-length': '7' },
      })
    expect(await readBody(stated('{"a":1}'), schema, 100)).toEqual({ body: { a: 1 }, text: '{"a":1}' })
    expect(await codeOf(readBody(stated(`{"a":${'1'.repeat(200)}}`), schema, 100))).toBe('payload_too_large')
    const broken = new Request('http://newel.internal/', {
      method: 'POST',
      body: new Uint8Array([0x22, 0xff, 0x22]),
      headers: { 'content-type': 'application/json', 'content-length': '3' },
    })
    expect(await codeOf(readBody(broken, schema, 100))).toBe('invalid_request')
  })
  it('that come in chunks are read no further than the limit, whatever length they state', async () => {
    const chunk = new TextEncoder().encode('1'.repeat(60))
    let pulled = 0
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1
        if (pulled > 50) controller.error(new Error('this was read on'))
        else controller.enqueue(chunk)
      },
    })
    // Node, Deno and Bun refuse a request with both; workerd hands it on.
    const both = new Request('http://newel.internal/', {
      method: 'POST',
      body: endless,
      headers: {
        'content-type': 'application/json',
        'content-length': '4',
        'transfer-encoding': 'chunked',
      },
      duplex: 'half',
    } as RequestInit)
    expect(await codeOf(readBody(both, schema, 100))).toBe('payload_too_large')
    expect(pulled).toBeLessThan(5)
  })
  it('that are no JSON, no UTF-8, or of another shape are invalid requests', async () => {
    for (const bad of [
      '',
      '{',
      '[]',
      '{"a":"1"}',
      '{"a":1,"b":2}',
      'null',
      new Uint8Array([0x7b, 0xff, 0x7d]),
    ]) {
      expect(await codeOf(readBody(post(bad), schema, 100))).toBe('invalid_request')
    }
  })
  it('hold no lists in the place of objects', () => {
    const open = v.strictObject({
      a: v.optional(v.strictObject({})),
      b: v.optional(v.record(v.string(), v.unknown())),
    })
    for (const bad of ['[]', '{"a":[]}', '{"b":[]}', '{"b":["x"]}']) {
      expect(() => parseBody(bad, open)).toThrow(ProblemError)
    }
    expect(parseBody('{"a":{},"b":{"c":[]}}', open)).toEqual({ a: {}, b: { c: [] } })
  })
  it('that a parser took before are said to be gone, and not to be text of another kind', async () => {
    const members = async (request: Request): Promise<unknown> => {
      try {
        return await receiveBody(request, 100)
      } catch (error) {
        return (error as ProblemError).members
      }
    }
    const gone = { detail: 'the body cannot be read; mount Newel before any body parser' }
    const taken = post('{"a":1}')
    await taken.text()
    expect(await members(taken)).toEqual(gone)
    const stated = new Request('http://newel.internal/', {
      method: 'POST',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json', 'content-length': '7' },
    })
    await stated.text()
    expect(await members(stated)).toEqual(gone)
    expect(await members(post(new Uint8Array([0x7b, 0xff, 0x7d])))).toEqual({
      detail: 'the body is not UTF-8',
    })
  })
  it('say what is wrong with a member in words', () => {
    const shape = v.strictObject({
      id: v.pipe(v.string(), v.regex(/^[^@]+$/, 'an id has no "@"')),
      at: v.number(),
    })
    const errors = (text: string): unknown => {
      try {
        return parseBody(text, shape)
      } catch (error) {
        return (error as ProblemError).members.errors
      }
    }
    expect(errors('{"id":"ada@bank.example","at":1}')).toEqual([
      { pointer: '/id', detail: 'an id has no "@"' },
    ])
    expect(errors('{"id":"a"}')).toEqual([{ pointer: '/at', detail: 'this member is required' }])
    expect(errors('{"id":"a","at":1,"mail":"x"}')).toEqual([{ pointer: '/mail', detail: 'unknown member' }])
  })
  it('say where a mistake is and never what was sent', async () => {
    try {
      await readBody(post('{"a":"hunter2"}'), schema, 100)
      expect.unreachable()
    } catch (error) {
      expect((error as ProblemError).members.errors).toEqual([{ pointer: '/a', detail: 'expected number' }])
    }
  })
})

describe('plain JSON', () => {
  const refused = (text: string) => {
    expect(() => {
      assertPlainJson(text)
    }).toThrow(ProblemError)
  }
  it('names no member twice, whatever the escapes and the white space', () => {
    refused('{"a":1,"a":2}')
    refused(`{"a":1,"a"${' '.repeat(100)}:2}`)
    refused('{"a/b":1,"a\\/b":2}')
    refused('{"a":1,"\\u0061":2}')
    refused('{"x":[{"b":1,"b":1}]}')
  })
  it('names no __proto__', () => {
    refused('{"__proto__":{}}')
    refused('{"a":{"__proto__":1}}')
  })
  it('holds neither NUL nor half a surrogate pair', () => {
    for (const half of ['\\u0000', '\\ud800', '\\udc00', '\\ud800x', '\\udc00\\ud800']) {
      refused(`["a${half}b"]`)
      refused(`{"a${half}b":1}`)
    }
    assertPlainJson('["\\ud83d\\ude00 😀 \\u00e9"]')
  })
  it('has no string that does not end, at once: nothing behind it is looked at', () => {
    refused('"\\"\\"\\"')
    refused('{"a')
  })
  it('is neither deep nor wide', () => {
    refused('['.repeat(11) + ']'.repeat(11))
    refused(`{${Array.from({ length: 201 }, (_, index) => `"k${index}":1`).join(',')}}`)
  })
  it('may repeat names in different objects and hold anything in strings', () => {
    assertPlainJson('{"a":{"b":1},"c":{"b":1}}')
    assertPlainJson('{"a":"{\\"a\\":1,\\"a\\":2}","b":["x","x"],"c" : 1}')
    assertPlainJson('['.repeat(10) + ']'.repeat(10))
  })
})
