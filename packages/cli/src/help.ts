import { renderUsage } from 'citty'
import type { ArgsDef, CommandDef } from 'citty'
import { kebab, type Command, type CommandGroup } from './command.ts'

/** Flags as they are written in the documentation, `--dry-run`; both are read. */
const withWrittenFlags = (shown: CommandDef): CommandDef => ({
  ...shown,
  ...(shown.args && {
    args: Object.fromEntries(
      Object.entries(shown.args as ArgsDef).map(([name, arg]) => [
        arg.type === 'positional' ? name : kebab(name),
        arg,
      ]),
    ),
  }),
})

function examplesOf(shown: Command | CommandGroup | CommandDef): readonly string[] {
  if ('commands' in shown) return Object.values(shown.commands).map(({ example }) => example)
  return 'example' in shown ? [shown.example] : []
}

/** What a command does and takes; of a group, what each command below it does; and how they are written. */
export async function help(
  shown: Command | CommandGroup | CommandDef,
  parent: CommandDef | undefined,
): Promise<string> {
  const usage = (await renderUsage(withWrittenFlags(shown), parent)).trimEnd()
  const examples = examplesOf(shown)
  if (examples.length === 0) return usage
  const title = examples.length === 1 ? 'EXAMPLE' : 'EXAMPLES'
  return [usage, '', title, '', ...examples.map((example) => `  ${example}`)].join('\n')
}
