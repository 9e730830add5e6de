import { minify as terser } from 'terser'

/** @returns {import('rollup').Plugin} */
export const minify = () => ({
  name: 'newel-minify',
  async renderChunk(code, chunk, options) {
    const thirdParty = Object.keys(chunk.modules).some((id) => id.includes('node_modules'))
    const { code: small, map } = await terser(code, {
      module: true,
      ecma: 2020,
      compress: { passes: 3, ecma: 2020 },
      sourceMap: options.sourcemap === false ? false : true,
      format: {
        ecma: 2020,
        comments: false,
        // The notices stand in one file of the package; each chunk that carries foreign code points there.
        ...(thirdParty ? { preamble: '/*! Third-party code: see THIRD-PARTY-NOTICES.txt */' } : {}),
      },
    })
    return { code: small, map: map === undefined ? null : JSON.parse(map) }
  },
})
