// What a server may serve and a page may check: every file with size, hash for subresource integrity, and what it loads.
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'

/**
 * @param {string} fileName
 * @param {(chunk: import('rollup').PreRenderedChunk) => string} nameOf
 * @returns {import('rollup').Plugin}
 */
export const manifest = (fileName, nameOf) => ({
  name: 'newel-manifest',
  generateBundle(_options, bundle) {
    const files = Object.values(bundle)
      .filter((file) => file.type === 'chunk')
      .sort((a, b) => (a.fileName < b.fileName ? -1 : 1))
      .map((chunk) => ({
        file: chunk.fileName,
        name: chunk.isEntry ? chunk.name : nameOf(chunk),
        entry: chunk.isEntry,
        bytes: Buffer.byteLength(chunk.code),
        gzip: gzipSync(chunk.code, { level: 9 }).length,
        integrity: `sha384-${createHash('sha384').update(chunk.code).digest('base64')}`,
        imports: chunk.imports,
        lazy: chunk.dynamicImports,
      }))
    this.emitFile({ type: 'asset', fileName, source: `${JSON.stringify({ files }, null, 2)}\n` })
  },
})
