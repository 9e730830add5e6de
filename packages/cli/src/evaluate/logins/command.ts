import { methods as declaredMethods, type MethodName } from '@newel/protocol'
import { command } from '../../command.ts'
import { Failure } from '../../failure.ts'
import { evaluationArgs, requireData, writeJson } from '../report.ts'
import { figuresOf } from './figures.ts'
import { policyFor } from './policy.ts'
import { createProgress } from './progress.ts'
import { runLogins } from './run.ts'
import { textOf } from './text.ts'
import { modelNames } from './trial.ts'

/** Sign-ins that are learned from where the loop is off. */
const enrolment = 3

function shareOf(text: string, flag: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new Failure(`${flag} is a share from 0 to 1, not ${text}.`)
  return value
}

function methodsOf(text: string): readonly MethodName[] {
  const known = Object.keys(declaredMethods) as MethodName[]
  return text.split(',').map((name) => {
    const found = known.find((each) => each === name.trim())
    if (found === undefined) throw new Failure(`There is no method ${name}; known: ${known.join(', ')}.`)
    return found
  })
}

export const evaluateLogins = command({
  name: 'evaluate logins',
  description: 'Challenges and misses of the whole engine on a history of logins',
  example: 'newel evaluate logins --data logins.ndjson --json figures.json',
  args: {
    ...evaluationArgs,
    policy: { type: 'string', description: 'Policy file; default the shipped policy', valueHint: 'file' },
    action: {
      type: 'string',
      description: 'Action that a login asks for; default sign-in',
      valueHint: 'name',
    },
    learn: {
      type: 'string',
      description: 'off: nothing is learned after a subject’s third login; default on',
      valueHint: 'on|off',
    },
    methods: {
      type: 'string',
      description: 'What every subject can answer with; default email',
      valueHint: 'email,passkey',
    },
    passGenuine: {
      type: 'string',
      description: 'Challenges that an owner passes; default 0.97',
      valueHint: '0-1',
    },
    passAttacker: {
      type: 'string',
      description: 'Challenges that an attacker passes; default 0.02',
      valueHint: '0-1',
    },
    models: {
      type: 'boolean',
      default: true,
      description: 'The models beside ours, which keep what every login showed',
      negativeDescription: 'Without the models beside ours',
    },
  },
  run: async (args) => {
    const file = requireData(args.data)
    const learn = args.learn ?? 'on'
    if (learn !== 'on' && learn !== 'off') throw new Failure(`--learn is on or off, not ${learn}.`)
    const action = args.action ?? 'sign-in'
    const passes = {
      genuine: shareOf(args.passGenuine ?? '0.97', '--pass-genuine'),
      attacker: shareOf(args.passAttacker ?? '0.02', '--pass-attacker'),
    }
    const methods = methodsOf(args.methods ?? 'email')
    const run = await runLogins({
      file,
      policy: policyFor(args.policy, action),
      action,
      methods,
      learns: learn === 'on' ? Infinity : enrolment,
      passes,
      models: args.models,
      progress: createProgress(),
    })
    const figures = figuresOf(run, args.models ? modelNames : ['newel'])
    writeJson(args.json, { setting: { action, learn, methods, passes }, ...figures })
    process.stdout.write(textOf(figures))
  },
})
