// The bundles carry code of others, whose licences ask for their notice: one file beside the bundles.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

const packageOf = (id) => {
  let folder = dirname(id)
  while (
    !existsSync(join(folder, 'package.json')) ||
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name === undefined
  ) {
    folder = dirname(folder)
  }
  return folder
}

/** @returns {import('rollup').Plugin} */
export const notices = () => ({
  name: 'newel-notices',
  generateBundle(_options, bundle) {
    const ids = Object.values(bundle).flatMap((file) =>
      file.type === 'chunk'
        ? Object.keys(file.modules).filter((id) => id.includes('node_modules') && !id.startsWith('\0'))
        : [],
    )
    const folders = [...new Set(ids.map(packageOf))].sort()
    if (folders.length === 0) return
    const texts = folders.map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const file = readdirSync(folder).find((entry) => /^licen[sc]e/i.test(entry))
      if (file === undefined)
        this.error(`${name} ${version} ships no licence text, so its notice cannot be given.`)
      return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
    })
    this.emitFile({
      type: 'asset',
      fileName: 'THIRD-PARTY-NOTICES.txt',
      source: texts.join(`\n${'-'.repeat(78)}\n\n`),
    })
  },
})
