#!/usr/bin/env node
import { defineCommand, runCommand } from 'citty'
import { stripVTControlCharacters } from 'node:util'
import type { Command, CommandGroup } from './command.ts'
import { commands } from './commands.ts'
import { explain, Failure } from './failure.ts'
import { isTooOld, oldestNode, version } from './version.ts'

const main = defineCommand({
  meta: {
    name: 'newel',
    version,
    description: 'Step-up authentication beside the login that an application already has',
  },
  subCommands: commands,
})

async function helpOf(
  command: Command | CommandGroup | undefined,
  below: string | undefined,
): Promise<string> {
  const { help } = await import('./help.ts')
  const inner = command && 'commands' in command && below !== undefined ? command.commands[below] : undefined
  const text = await help(inner ?? command ?? main, command && main)
  return process.stdout.isTTY ? text : stripVTControlCharacters(text)
}

/** What was probably meant. Without a mistake nothing is loaded for it. */
async function hint(written: string, known: readonly string[]): Promise<string> {
  const { didYouMean } = await import('@newel/engine')
  return didYouMean(written, known)
}

/** Runs what the arguments say. A command that ends without an error may still set the exit code, as `doctor` does. */
async function run(args: readonly string[]): Promise<void> {
  if (isTooOld(process.versions.node)) {
    throw new Failure(`newel needs Node ${oldestNode} or later; this is ${process.version}.`)
  }
  const [name, below] = args
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${version}\n`)
    return
  }
  const load = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (name !== undefined && !name.startsWith('-') && load === undefined) {
    throw new Failure(`Unknown command ${name}${await hint(name, Object.keys(commands))}`, [
      'newel --help lists them.',
    ])
  }
  const command = await load?.()
  const nested = command && 'commands' in command ? Object.keys(command.commands) : []
  if (below !== undefined && !below.startsWith('-') && nested.length > 0 && !nested.includes(below)) {
    throw new Failure(`Unknown command ${name} ${below}${await hint(below, nested)}`, [
      `newel ${name} --help lists them.`,
    ])
  }
  const incomplete = nested.length > 0 && (below === undefined || below.startsWith('-'))
  const asked = args.some((arg) => arg === '--help' || arg === '-h')
  if (command === undefined || incomplete || asked) {
    process.stdout.write(`${await helpOf(command, below)}\n`)
    if (!asked) process.exitCode = 1
    return
  }
  try {
    await runCommand(command, { rawArgs: args.slice(1) })
  } catch (error) {
    // What the parser of arguments misses, such as a file that was not named.
    if (!(error instanceof Error) || error.name !== 'CLIError') throw error
    const named = nested.length > 0 ? `${name} ${below}` : name
    throw new Failure(
      `${stripVTControlCharacters(error.message)}.`,
      [`newel ${named} --help says how.`],
      error,
    )
  }
}

try {
  await run(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${explain(error)}\n`)
  process.exitCode = 1
}
