// The file for a script tag, with lazy chunks.
//
// A classic script cannot be split by rollup (format `iife` is one file), and chunks in ES module format would
// import the module build of the core: a second copy, with a state and error classes of its own. So the core and
// the chunks are rendered in CommonJS form, and this plugin wraps them. The core becomes one function that defines
// the global `Newel`. A chunk becomes an ES module whose default export is a function that is handed the running
// core. Chunks are fetched by `import()` from where the core itself came from (`document.currentScript.src`), which
// keeps the nonce of the page's Content-Security-Policy and needs no Trusted Types policy. An address that failed once
// may stay failed in a page's module map, so the next try asks under another one.
//
// Calls made before the script arrived wait in an array: (window.Newel = window.Newel || []).push((newel) => …).

const core = 'newel.iife.js'

const header = `(function () {
const exports = {};
const base = (document.currentScript && document.currentScript.src) || location.href;
const loaded = { './${core}': exports };
const pending = {};
const require = (id) => loaded[id];
let failures = 0;
const __chunk = (id) => pending[id] || (pending[id] = import(new URL(failures ? id + '?' + failures : id, base).href).then(async (chunk) => {
  await Promise.all(chunk.needs.filter((other) => !loaded[other]).map(__chunk));
  const own = {};
  chunk.default(require, own, __chunk);
  return loaded[id] = own;
}).catch((error) => { delete pending[id]; failures++; throw error; }));
`

const footer = (names) => `
const waiting = globalThis.Newel;
const api = Object.freeze({ ${names.map((name) => `${name}: exports.${name}`).join(', ')}, push: (call) => { call(api); } });
globalThis.Newel = api;
if (Array.isArray(waiting)) waiting.forEach(api.push);
})();`

/** @returns {import('rollup').Plugin} */
export const scriptTag = () => ({
  name: 'newel-script-tag',
  renderDynamicImport: () => ({ left: '__chunk(', right: ')' }),
  renderChunk(code, chunk) {
    if (!chunk.isEntry) {
      const needs = chunk.imports.map((file) => `./${file}`).filter((file) => file !== `./${core}`)
      return {
        code: `export const needs = ${JSON.stringify(needs)};\nexport default function (require, exports, __chunk) {\n${code}\n}`,
        map: null,
      }
    }
    if (chunk.imports.length > 0)
      this.error(`The core must be one file, but it imports ${chunk.imports.join(', ')}.`)
    const names = this.getModuleInfo(chunk.facadeModuleId).exports
    if (names.includes('*')) this.error('Name every export of the browser entry: the global lists them.')
    return { code: header + code + footer(names), map: null }
  },
})

/** @type {import('rollup').OutputOptions} */
export const scriptTagOutput = {
  format: 'cjs',
  exports: 'named',
  esModule: false,
  strict: false,
  entryFileNames: core,
}
