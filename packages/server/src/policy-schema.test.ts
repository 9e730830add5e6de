import { readFileSync } from 'node:fs'
import { factsByName } from '@newel/engine'
import { expect, it } from 'vitest'
import { policyJsonSchema } from './policy-schema.ts'

it('the JSON schema of policies is the committed one; `vitest -u` writes it anew', async () => {
  const text = `${JSON.stringify(await policyJsonSchema(), null, 2)}\n`
  await expect(text).toMatchFileSnapshot('../../../docs/policy.schema.json')
})

const path = new URL('../../../docs/policy.md', import.meta.url).pathname
const begin = '<!-- generated: facts -->\n'
const end = '\n<!-- end -->'

it('the facts are documented as they are declared; `vitest -u` writes the table anew', async () => {
  const document = readFileSync(path, 'utf8')
  const [before, rest = ''] = document.split(begin)
  const [, after] = rest.split(end)
  const rows = [...factsByName].map(([name, { type, about, values, optional }]) => {
    const known =
      values === undefined || values.length > 8
        ? ''
        : ` One of ${values.map((value) => `\`${value}\``).join(', ')}.`
    return `| \`${name}\` | \`${type}\` | ${optional ? 'sometimes' : 'always'} | ${about}${known} |`
  })
  const table = ['| fact | type | known | what it says |', '| --- | --- | --- | --- |', ...rows].join('\n')
  await expect(`${before ?? ''}${begin}\n${table}\n${end}${after ?? ''}`).toMatchFileSnapshot(path)
})
