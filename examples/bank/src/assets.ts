import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}
const extension = (name: string): string => name.slice(name.lastIndexOf('.'))

const respond = (content: string | Buffer<ArrayBuffer>, name: string): Response =>
  new Response(content, {
    headers: {
      'content-type': types[extension(name)] ?? 'application/octet-stream',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
    },
  })

/** What runs in the page, as the browser takes it: the types are taken out, which is all the build there is. */
function read(folder: string, file: string): [string, string] {
  const text = readFileSync(join(folder, file), 'utf8')
  if (!file.endsWith('.ts')) return [file, text]
  return [
    file.replace(/\.ts$/, '.js'),
    stripTypeScriptTypes(text).replace(/(from ')(\.\/[\w-]+)\.ts'/g, "$1$2.js'"),
  ]
}

/** The files of the pages, by name. Anything that is not among them is not there. */
export function openAssets(folder: string): (name: string) => Response | undefined {
  const files = new Map(
    readdirSync(folder)
      .filter((file) => /\.(?:ts|css|svg)$/.test(file))
      .map((file) => read(folder, file)),
  )
  return (name) => {
    const content = files.get(name)
    return content === undefined ? undefined : respond(content, name)
  }
}

/** The built files of the browser SDK. */
export const openSdk =
  (folder: string) =>
  (name: string): Response | undefined => {
    const path = join(folder, name)
    return /^[\w.-]+\.js$/.test(name) && existsSync(path) ? respond(readFileSync(path), name) : undefined
  }
