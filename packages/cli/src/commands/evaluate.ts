import { defineCommand } from 'citty'
import type { CommandDef } from 'citty'
import { evaluateFreeText, evaluatePointer } from '../evaluate/habits/command.ts'
import { evaluateLogins } from '../evaluate/logins/command.ts'
import { evaluateSwaps } from '../evaluate/swaps/command.ts'
import { evaluateTyping } from '../evaluate/typing/command.ts'

/** Measures on data that somebody has; each prints its figures and writes them as JSON. */
const subCommands: Readonly<Record<string, CommandDef>> = {
  typing: evaluateTyping,
  'free-text': evaluateFreeText,
  pointer: evaluatePointer,
  logins: evaluateLogins,
  swaps: evaluateSwaps,
}

export const evaluate: CommandDef = defineCommand({
  meta: { name: 'evaluate', description: Object.keys(subCommands).join(', ') },
  subCommands,
})
