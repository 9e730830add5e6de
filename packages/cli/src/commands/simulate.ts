import { population } from '@newel/testkit/population'
import { defineCommand } from 'citty'
import type { CommandDef } from 'citty'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { command } from '../command.ts'
import { Failure, messageOf } from '../failure.ts'

function wholeNumber(text: string | undefined, flag: string, fallback: number, most: number): number {
  const value = text === undefined ? fallback : Number(text)
  if (!Number.isSafeInteger(value) || value < 0 || value > most)
    throw new Failure(`${flag} is a whole number from 0 to ${most}, not ${text ?? ''}.`)
  return value
}

const logins = command({
  name: 'simulate logins',
  description: 'Writes logins of a made-up service, owners and attackers, for newel evaluate',
  args: {
    out: { type: 'string', description: 'File of NDJSON to write', valueHint: 'file' },
    subjects: { type: 'string', description: 'Accounts; default 20000', valueHint: 'N' },
    seed: { type: 'string', description: 'The same seed gives the same file; default 1', valueHint: 'N' },
    attacks: {
      type: 'string',
      description: 'Attempts of each kind of attacker for every one of an owner; default 0.01',
      valueHint: '0-1',
    },
    deviceKeys: {
      type: 'boolean',
      default: true,
      description: 'Browsers keep a device key',
      negativeDescription: 'Address and browser alone, as in the public data set',
    },
    observations: { type: 'boolean', description: 'With screen, languages and time zone' },
    typing: { type: 'boolean', description: 'With timings of the password' },
  },
  run: async (args) => {
    if (args.out === undefined) throw new Failure('--out FILE says where to write.')
    const attacks = Number(args.attacks ?? '0.01')
    if (!(attacks >= 0 && attacks <= 1))
      throw new Failure(`--attacks is a share from 0 to 1, not ${args.attacks ?? ''}.`)
    const made = population({
      seed: wholeNumber(args.seed, '--seed', 1, 0xffffffff),
      subjects: wholeNumber(args.subjects, '--subjects', 20_000, 10_000_000),
      attacks,
      deviceKeys: args.deviceKeys,
      observations: args.observations ?? false,
      typing: args.typing ?? false,
    })
    const hash = createHash('sha256')
    const stream = createWriteStream(args.out)
    let rows = 0
    let block = ''
    const write = async (): Promise<void> => {
      hash.update(block)
      if (!stream.write(block)) await once(stream, 'drain')
      block = ''
    }
    try {
      for (const login of made) {
        rows += 1
        block += `${JSON.stringify(login)}\n`
        if (block.length > 1 << 18) await write()
      }
      await write()
      stream.end()
      await finished(stream)
    } catch (error) {
      throw new Failure(`${args.out} cannot be written: ${messageOf(error)}`, [], error)
    }
    process.stdout.write(`${rows} rows in ${args.out}, SHA-256 ${hash.digest('hex')}\n`)
  },
})

export const simulate: CommandDef = defineCommand({
  meta: { name: 'simulate', description: 'logins' },
  subCommands: { logins },
})
