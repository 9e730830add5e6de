#!/usr/bin/env node
import { defineCommand, renderUsage, runCommand } from 'citty'
import type { CommandDef } from 'citty'
import { stripVTControlCharacters } from 'node:util'
import { dev } from './commands/dev.ts'
import { doctor } from './commands/doctor.ts'
import { keyCommands, keys } from './commands/keys.ts'
import { migrate } from './commands/migrate.ts'
import { serve } from './commands/serve.ts'
import { didYouMean } from './config/suggest.ts'
import { explain, Failure } from './failure.ts'
import { version } from './version.ts'

const commands = { dev, serve, migrate, keys, doctor }

const main = defineCommand({
  meta: {
    name: 'newel',
    version,
    description: 'Step-up authentication beside the login that an application already has',
  },
  subCommands: commands,
})

const named = (
  map: Readonly<Record<string, CommandDef>>,
  name: string | undefined,
): CommandDef | undefined => (name !== undefined && Object.hasOwn(map, name) ? map[name] : undefined)

/** Runs what the arguments say; the exit code. */
async function run(args: readonly string[]): Promise<number> {
  const [name, below] = args
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${version}\n`)
    return 0
  }
  const chosen = named(commands, name)
  if (name !== undefined && !name.startsWith('-') && chosen === undefined) {
    throw new Failure(`Unknown command ${name}${didYouMean(name, Object.keys(commands))}`, [
      'newel --help lists them.',
    ])
  }
  if (chosen === undefined || args.some((arg) => arg === '--help' || arg === '-h')) {
    const nested = name === 'keys' ? named(keyCommands, below) : undefined
    const usage = await renderUsage(nested ?? chosen ?? main, chosen ? main : undefined)
    process.stdout.write(`${process.stdout.isTTY ? usage : stripVTControlCharacters(usage)}\n`)
    return args.length === 0 ? 1 : 0
  }
  await runCommand(chosen, { rawArgs: args.slice(1) })
  return 0
}

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${explain(error)}\n`)
  process.exitCode = 1
}
