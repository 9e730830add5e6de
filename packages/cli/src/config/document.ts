import { configKeys } from './keys.ts'
import type { ConfigKey } from './keys.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|')

function defaultOf({ default: value, kind }: ConfigKey): string {
  if (value === undefined || (kind === 'json' && JSON.stringify(value) === '[]')) return ''
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}

const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`

/** The reference in docs/configuration.md: every key with its variable, default and meaning, as Markdown. */
export function configReference(): string {
  const groups = configKeys.filter(({ members }) => members.length > 0)
  return [
    row('key', 'variable', 'default', 'what it says'),
    row('---', '---', '---', '---'),
    ...configKeys.map((key) => row(`\`${key.path.join('.')}\``, `\`${key.env}\``, defaultOf(key), key.about)),
    ...groups.flatMap((group) => [
      '',
      `Each entry of \`${group.path.join('.')}\`:`,
      '',
      row('key', 'what it says'),
      row('---', '---'),
      ...group.members.map(({ path, about }) => row(`\`${path.join('.')}\``, about)),
    ]),
  ].join('\n')
}
