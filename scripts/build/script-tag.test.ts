import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rollup } from 'rollup'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { scriptTag, scriptTagOutput } from './script-tag.mjs'

const modules: Record<string, string> = {
  core: `
    export class Problem extends Error {}
    export const one = async () => (await import('one')).run()
    export const two = async () => (await import('two')).run()
    export const failing = async () => (await import('one')).fail()`,
  one: `
    import { Problem } from 'core'
    import { count } from 'shared'
    export const run = () => 'one ' + count()
    export const fail = () => { throw new Problem('from a chunk') }`,
  two: `
    import { count } from 'shared'
    export const run = async () => 'two ' + count() + ' ' + (await import('three')).last`,
  three: `export const last = 'three'`,
  shared: `let calls = 0; export const count = () => ++calls`,
}

let folder: string

const build = async (sources: Record<string, string>): Promise<void> => {
  const bundle = await rollup({
    input: { newel: 'core' },
    preserveEntrySignatures: 'allow-extension',
    plugins: [{ name: 'memory', resolveId: (id) => id, load: (id) => sources[id] ?? null }, scriptTag()],
  })
  await bundle.write({ ...scriptTagOutput, dir: folder, chunkFileNames: 'newel.[name].js' })
  await bundle.close()
}

interface Api {
  Problem: new () => Error
  one: () => Promise<string>
  two: () => Promise<string>
  failing: () => Promise<never>
  push: (call: (api: Api) => void) => void
}

const page = globalThis as unknown as { document?: unknown; Newel?: unknown }

/** Runs the file as a page would: a classic script, which knows where it came from. */
const run = async (): Promise<Api> => {
  const file = join(folder, 'newel.iife.js')
  page.document = { currentScript: { src: pathToFileURL(file).href } }
  // Written out as a module for its `import()`, which Node refuses in evaluated text; nothing else of a module is used.
  const copy = join(folder, 'as-module.mjs')
  await writeFile(copy, await readFile(file, 'utf8'))
  await import(/* @vite-ignore */ pathToFileURL(copy).href)
  delete page.document
  return page.Newel as Api
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'newel-script-tag-'))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
})

afterEach(async () => {
  delete page.Newel
  await rm(folder, { recursive: true, force: true })
})

test('the global lists what the entry exports, and cannot be changed', async () => {
  await build(modules)
  const api = await run()
  expect(Object.keys(api).sort()).toEqual(['Problem', 'failing', 'one', 'push', 'two'])
  expect(Object.isFrozen(api)).toBe(true)
})

test('chunks share one core and one copy of what they have in common', async () => {
  await build(modules)
  const api = await run()
  expect(await api.one()).toBe('one 1')
  expect(await api.two()).toBe('two 2 three')
  await expect(api.failing()).rejects.toBeInstanceOf(api.Problem)
})

test('calls that were made before the script arrived are made when it does', async () => {
  await build(modules)
  const seen: unknown[] = []
  page.Newel = [(api: Api) => seen.push(api)]
  const api = await run()
  api.push((later) => seen.push(later))
  expect(seen).toEqual([api, api])
})

test('a chunk that could not be fetched is asked for again', async () => {
  await build(modules)
  const chunk = join(folder, 'newel.three.js')
  const text = await readFile(chunk)
  await rm(chunk)
  const api = await run()
  await expect(api.two()).rejects.toThrow()
  await writeFile(chunk, text)
  expect(await api.two()).toBe('two 2 three')
})

test('an entry with `export *` is refused, since the global lists names', async () => {
  await expect(build({ core: `export * from 'shared'`, shared: modules['shared'] ?? '' })).rejects.toThrow(
    'Name every export',
  )
})
