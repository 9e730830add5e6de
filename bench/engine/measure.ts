import { decide, distancesTo, foldProfile, readProfile, recompute } from '@newel/engine'
import { median } from '../lib/statistics.ts'
import { pastSessions, signInInput, usualInput, warmProfile } from './known.ts'
import { countValues, nowMs } from './observed.ts'
import { fullTemplate, typedCodes } from './typed.ts'

/** CPU time of one call, in µs and by one pass of the reference loop of the same run. */
export interface Cost {
  readonly us: number
  readonly references: number
}

export interface EngineSpeed {
  /** One reading and writing of 2 KiB of JSON, in µs: what the others are measured by. */
  readonly referenceUs: number
  /** Values in the facts that are decided about: of all that a page can send, and of a sign-in page. */
  readonly observations: { readonly all: number; readonly signIn: number }
  /** Of the profile as it is stored, every section filled. */
  readonly profileBytes: number
  readonly recordBytes: number
  /** A full decision from the stored bytes of the profile. */
  readonly decide: Cost
  /** The same from a profile that was read before, as the server keeps those of the subjects who were here last. */
  readonly decideAgain: Cost
  /** A sign-in page, one typed text and no other behaviour; the profile was read before. */
  readonly decideSignIn: Cost
  /** A decision made again from its stored record, parsing included. */
  readonly replay: Cost
  /** Twelve events folded into a profile. */
  readonly fold: Cost
  /** A typed text compared with a full template. */
  readonly typing: Cost
}

const repeats = 200
const rounds = 45
/** The first rounds compile. */
const warmUp = 10

/** Mean µs of CPU time of one call, over some repeats: neighbours on the machine take time and not this. */
function cpuTime(work: () => unknown): number {
  const before = process.cpuUsage()
  for (let index = 0; index < repeats; index++) work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / repeats
}

/** JSON of the size and kind of what a server reads and writes, and of nothing that changes with the engine. */
const referenceText = JSON.stringify({
  members: Array.from({ length: 24 }, (_, index) => ({
    id: `member-${index}`,
    name: 'n'.repeat(16),
    count: index * 1000.5,
    listed: index % 2 === 0,
    values: [index, index + 1],
  })),
})

/** Measures in turn with the reference, so that a machine that slows down slows all of them. */
export function measureEngine(): EngineSpeed {
  const profile = warmProfile()
  const asked = usualInput(profile)
  const read = readProfile(profile)
  const again = usualInput(read)
  const signIn = signInInput(read)
  const { policy, model } = asked
  const { record, score } = decide(asked)
  for (const input of [asked, signIn]) {
    const { decision, record: said } = decide(input)
    if (decision !== 'allow') throw new Error(`the usual request has to be allowed, not: ${said}`)
  }
  if (recompute(record, { policy, model }).score !== score)
    throw new Error(`the record does not recompute: ${record}`)
  const template = fullTemplate()
  const typed = typedCodes(1000)
  const twelve = pastSessions(12)
  const works = {
    reference: () => JSON.stringify(JSON.parse(referenceText)),
    decide: () => decide(asked),
    decideAgain: () => decide(again),
    decideSignIn: () => decide(signIn),
    replay: () => recompute(record, { policy, model }),
    fold: () => foldProfile(undefined, twelve, { nowMs }),
    typing: () => distancesTo(template, typed),
  }
  const times = Array.from({ length: rounds }, () => ({
    reference: cpuTime(works.reference),
    decide: cpuTime(works.decide),
    decideAgain: cpuTime(works.decideAgain),
    decideSignIn: cpuTime(works.decideSignIn),
    replay: cpuTime(works.replay),
    fold: cpuTime(works.fold),
    typing: cpuTime(works.typing),
  })).slice(warmUp)
  const cost = (name: keyof typeof works): Cost => ({
    us: median(times.map((each) => each[name])),
    references: median(times.map((each) => each[name] / each.reference)),
  })
  return {
    referenceUs: cost('reference').us,
    observations: { all: countValues(asked.facts), signIn: countValues(signIn.facts) },
    profileBytes: profile.length,
    recordBytes: record.length,
    decide: cost('decide'),
    decideAgain: cost('decideAgain'),
    decideSignIn: cost('decideSignIn'),
    replay: cost('replay'),
    fold: cost('fold'),
    typing: cost('typing'),
  }
}
