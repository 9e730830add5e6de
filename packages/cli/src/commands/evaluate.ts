import { commandGroup } from '../command.ts'
import { evaluateFreeText, evaluatePointer } from '../evaluate/habits/command.ts'
import { evaluateLogins } from '../evaluate/logins/command.ts'
import { evaluateSwaps } from '../evaluate/swaps/command.ts'
import { evaluateTyping } from '../evaluate/typing/command.ts'

export const evaluate = commandGroup({
  name: 'evaluate',
  description: 'Measures on data that somebody has: prints its figures, and writes them as JSON',
  commands: {
    typing: evaluateTyping,
    'free-text': evaluateFreeText,
    pointer: evaluatePointer,
    logins: evaluateLogins,
    swaps: evaluateSwaps,
  },
})
