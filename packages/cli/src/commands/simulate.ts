import { makeFreeTypists, makePointers } from '@newel/testkit'
import { population } from '@newel/testkit/population'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { command, commandGroup, type Command } from '../command.ts'
import { Failure, messageOf } from '../failure.ts'

function wholeNumber(text: string | undefined, flag: string, fallback: number, most: number): number {
  const value = text === undefined ? fallback : Number(text)
  if (!Number.isSafeInteger(value) || value < 0 || value > most)
    throw new Failure(`${flag} is a whole number from 0 to ${most}, not ${text ?? ''}.`)
  return value
}

/** Writes a row a line. @throws Failure where the file cannot be written */
async function writeRows(file: string, made: Iterable<unknown>): Promise<void> {
  const hash = createHash('sha256')
  const stream = createWriteStream(file)
  let rows = 0
  let block = ''
  const write = async (): Promise<void> => {
    hash.update(block)
    if (!stream.write(block)) await once(stream, 'drain')
    block = ''
  }
  try {
    for (const row of made) {
      rows += 1
      block += `${JSON.stringify(row)}\n`
      if (block.length > 1 << 18) await write()
    }
    await write()
    stream.end()
    await finished(stream)
  } catch (error) {
    throw new Failure(`${file} cannot be written: ${messageOf(error)}`, [], error)
  }
  process.stdout.write(`${rows} rows in ${file}, SHA-256 ${hash.digest('hex')}\n`)
}

const outArg = { type: 'string', description: 'File of NDJSON to write', valueHint: 'file' } as const
const seedArg = {
  type: 'string',
  description: 'The same seed gives the same file; default 1',
  valueHint: 'N',
} as const

const logins = command({
  name: 'simulate logins',
  description: 'Writes logins of a made-up service, owners and attackers, for newel evaluate',
  example: 'newel simulate logins --out logins.ndjson --seed 1',
  args: {
    out: outArg,
    subjects: { type: 'string', description: 'Accounts; default 20000', valueHint: 'N' },
    seed: seedArg,
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
    await writeRows(args.out, made)
  },
})

/** Sessions of made-up people, as an evaluation of the same name reads them. */
const habits = (
  name: 'free-text' | 'pointer',
  make: (options: { seed: number; subjects: number; sessions: number }) => Iterable<unknown>,
): Command =>
  command({
    name: `simulate ${name}`,
    description: `Writes raw events of made-up people for newel evaluate ${name}`,
    example: `newel simulate ${name} --out ${name}.ndjson`,
    args: {
      out: outArg,
      seed: seedArg,
      subjects: { type: 'string', description: 'People; default 60', valueHint: 'N' },
      sessions: { type: 'string', description: 'Of each; default 15', valueHint: 'N' },
    },
    run: async ({ out, seed, subjects, sessions }) => {
      if (out === undefined) throw new Failure('--out FILE says where to write.')
      const options = {
        seed: wholeNumber(seed, '--seed', 1, 0xffffffff),
        subjects: wholeNumber(subjects, '--subjects', 60, 100_000),
        sessions: wholeNumber(sessions, '--sessions', 15, 1000),
      }
      await writeRows(out, make(options))
    },
  })

export const simulate = commandGroup({
  name: 'simulate',
  description: 'Makes data of made-up people, to evaluate on',
  commands: {
    logins,
    'free-text': habits('free-text', makeFreeTypists),
    pointer: habits('pointer', makePointers),
  },
})
