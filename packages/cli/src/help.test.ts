import { expect, it } from 'vitest'
import { stripVTControlCharacters } from 'node:util'
import type { Command } from './command.ts'
import { commands } from './commands.ts'
import { help } from './help.ts'

const loaded = await Promise.all(
  Object.entries(commands).map(async ([name, load]) => [name, await load()] as const),
)
const groups = loaded.flatMap(([name, command]) => ('commands' in command ? [[name, command] as const] : []))
const each: readonly (readonly [string, Command])[] = loaded.flatMap(([name, command]) =>
  'commands' in command
    ? Object.entries(command.commands).map(([below, inner]) => [`${name} ${below}`, inner] as const)
    : [[name, command] as const],
)

it.each(groups)('says of newel %s what each command does, and how it is written', async (name, group) => {
  const text = stripVTControlCharacters(await help(group, undefined))
  // A sentence, not the names that follow.
  expect(text).toMatch(/^[A-Z]\S+ \S+ /)
  for (const [below, { example }] of Object.entries(group.commands)) {
    expect(text).toMatch(new RegExp(`^ +${below} {2,}[A-Z]\\S+ \\S+`, 'm'))
    expect(text).toContain(`\n  ${example}`)
    expect(example.startsWith(`newel ${name} ${below}`)).toBe(true)
  }
})

it.each(each)('shows for newel %s an example with flags that it has', async (name, command) => {
  const text = stripVTControlCharacters(await help(command, undefined))
  expect(text).toContain(`EXAMPLE\n\n  ${command.example}`)
  expect(command.example.startsWith(`newel ${name}`)).toBe(true)
  const [usage = ''] = text.split('EXAMPLE')
  for (const [flag] of command.example.matchAll(/--[a-z-]+/g)) expect(usage).toMatch(new RegExp(`${flag}\\b`))
})
