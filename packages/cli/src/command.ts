import { didYouMean } from '@newel/engine'
import { defineCommand } from 'citty'
import type { ArgsDef, CommandDef, ParsedArgs } from 'citty'
import { Failure } from './failure.ts'

/** `deviceKeys` as it is written on a command line. */
export const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** `--no-` switches off what is on by default; what is off by default is left out. */
const writtenSwitch = (name: string, arg: ArgsDef[string]): string =>
  arg.type === 'boolean' && arg.default === true ? `--no-${name}` : `--${name}`

/**
 * What the parser takes without a word: a flag that nobody declared, which would be without effect, and a switch with a
 * value, of which it reads all but `false` as yes.
 */
function refuseFlags(rawArgs: readonly string[], args: ArgsDef): void {
  const declared = new Map(
    Object.entries(args).flatMap(([name, arg]) => (arg.type === 'positional' ? [] : [[kebab(name), arg]])),
  )
  for (const raw of rawArgs) {
    if (raw === '--') break
    const [, no = '', name, value] = /^--?(no-)?([^=]+)(=.*)?$/s.exec(raw) ?? []
    if (name === undefined) continue
    const arg = declared.get(kebab(name))
    if (arg === undefined)
      throw new Failure(`Unknown flag ${raw.replace(/=.*$/s, '')}${didYouMean(name, [...declared.keys()])}`)
    if (arg.type !== 'boolean') {
      if (no !== '') throw new Failure(`Unknown flag --no-${name}: --${name} takes a value.`)
    } else if (value !== undefined) {
      throw new Failure(`--${no}${name} takes no value: write ${writtenSwitch(name, arg)}, or leave it out.`)
    }
  }
}

/** Words beyond those that a command names: npm drops the name of a flag before `--` and passes on its value. */
function refuseWords(words: readonly string[], args: ArgsDef): void {
  const named = Object.values(args).filter(({ type }) => type === 'positional').length
  const first = words[named]
  if (first === undefined) return
  throw new Failure(
    `Unexpected argument ${first}: this command takes ${named === 0 ? 'flags alone' : 'no more'}.`,
    ['Through npm, flags follow one `--`, as in `npm start -- --port 4000`.'],
  )
}

function refuseEmpty(values: Readonly<Record<string, unknown>>, args: ArgsDef): void {
  for (const [name, arg] of Object.entries(args)) {
    if (arg.type === 'string' && values[name] === '') throw new Failure(`--${kebab(name)} needs a value.`)
  }
}

/** A command with one way to write it, which its help shows. */
export type Command = CommandDef & { readonly example: string }

/** Commands below one name; the help shows what each does and how it is written. */
export type CommandGroup = CommandDef & { readonly commands: Readonly<Record<string, Command>> }

/** A command that refuses flags it does not know. */
export const command = <const T extends ArgsDef>(definition: {
  /** As it is written after `newel`, such as `keys rotate`. */
  readonly name: string
  readonly description: string
  readonly example: string
  readonly args: T
  readonly run: (args: ParsedArgs<T>) => Promise<void>
}): Command => ({
  // What a command takes is checked here; whoever lists commands needs no more than that it is one.
  ...(defineCommand<T>({
    meta: { name: definition.name, description: definition.description },
    args: definition.args,
    run: async ({ args, rawArgs }) => {
      refuseFlags(rawArgs, definition.args)
      refuseWords(args._, definition.args)
      refuseEmpty(args, definition.args)
      await definition.run(args)
    },
  }) as unknown as CommandDef),
  example: definition.example,
})

export const commandGroup = ({
  name,
  description,
  commands,
}: {
  readonly name: string
  readonly description: string
  readonly commands: CommandGroup['commands']
}): CommandGroup => ({
  ...defineCommand({ meta: { name, description }, subCommands: { ...commands } }),
  commands,
})

/** Flags of every command that reads configuration. */
export const configArgs = {
  config: { type: 'string', description: 'Configuration file', valueHint: 'newel.config.json' },
  database: { type: 'string', description: 'Instead of the configured one', valueHint: 'url' },
} as const satisfies ArgsDef
