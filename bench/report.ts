import type { Stage } from './assessments/stage.ts'
import type { Cost } from './engine/measure.ts'
import type { StoreName } from './lib/arguments.ts'
import { table, whole } from './lib/table.ts'
import type { Result } from './run.ts'

const two = (value: number): string => value.toFixed(2)

const stageRows = ({ store, rows, floor, newel, ratio, cpuRatio }: Stage): readonly string[][] => [
  [
    `${store}, ${whole(rows)} stored`,
    'floor',
    whole(floor.requestsPerSecond),
    two(floor.p50Ms),
    two(floor.p99Ms),
    two(floor.cpuMs),
    '',
    '',
  ],
  [
    '',
    'Newel',
    whole(newel.requestsPerSecond),
    two(newel.p50Ms),
    two(newel.p99Ms),
    two(newel.cpuMs),
    two(ratio),
    two(cpuRatio),
  ],
]

const writes = ({ store, rows, roundTrips, rowsWritten }: Stage): string => {
  const tables = Object.entries(rowsWritten).map(([name, count]) => `${name} ${Number(count.toFixed(2))}`)
  const sum = Object.values(rowsWritten).reduce((total, count) => total + count, 0)
  return `${store}, ${whole(rows)} stored: ${two(roundTrips.reads)} read and ${two(roundTrips.writes)} write round trips, ${two(sum)} rows written (${tables.join(', ')})`
}

/**
 * How the sizes of a store compare, beside the floor of the same size: the sizes are measured minutes apart, and the machine is
 * another one by then.
 */
function growth(stages: readonly Stage[], store: StoreName): string | undefined {
  const own = stages.filter((stage) => stage.store === store).sort((a, b) => a.rows - b.rows)
  const [small, large] = [own[0], own.at(-1)]
  if (small === undefined || large === undefined || small === large) return undefined
  const change = (of: (stage: Stage) => number): string => {
    const percent = (of(large) / of(small) - 1) * 100
    return `${percent < 0 ? '' : '+'}${percent.toFixed(1)} %`
  }
  const ratios = `floor × ${change(({ ratio }) => ratio)}, CPU × ${change(({ cpuRatio }) => cpuRatio)}`
  const speeds = `requests a second ${change(({ newel }) => newel.requestsPerSecond)}, of the floor ${change(({ floor }) => floor.requestsPerSecond)}`
  return `${store}, ${whole(large.rows)} stored against ${whole(small.rows)}: ${ratios}; ${speeds}`
}

function assessments({ assessments: stages, options }: Result): string {
  if (stages.length === 0) return ''
  const headings = [
    'POST /v1/assessments',
    '',
    'requests/s',
    'p50 ms',
    'p99 ms',
    'CPU ms',
    'floor ×',
    'CPU ×',
  ]
  const grown = options.stores.flatMap((store) => growth(stages, store) ?? [])
  return [
    `Medians of ${options.pairs} pairs of ${options.requests} requests on ${options.connections} connections; floor × is how often the floor answers in the time of one answer of Newel`,
    '',
    table(headings, stages.flatMap(stageRows)),
    '',
    ...stages.map(writes),
    ...grown,
  ].join('\n')
}

const costRow = (what: string, { us, references }: Cost): string[] => [
  what,
  us.toFixed(1),
  two(references),
  whole(1_000_000 / us),
]

const engine = ({ engine: speed }: Result): string =>
  speed === undefined
    ? ''
    : [
        `Engine, CPU time of one core; a reference is one reading and writing of 2 KiB of JSON (${speed.referenceUs.toFixed(1)} µs)`,
        '',
        table(
          ['work', 'µs', 'references', 'a second'],
          [
            costRow('decide with a warm profile, from its bytes', speed.decide),
            costRow('decide with a warm profile that was read before', speed.decideAgain),
            costRow('decide about a sign-in page, profile read before', speed.decideSignIn),
            costRow('replay of a stored record', speed.replay),
            costRow('fold twelve events into a profile', speed.fold),
            costRow('compare a typed text with a full template', speed.typing),
          ],
        ),
        '',
        `${speed.observations.all} values observed, ${speed.observations.signIn} of a sign-in page, a profile of ${whole(speed.profileBytes)} bytes, a record of ${whole(speed.recordBytes)} bytes`,
      ].join('\n')

const sizes = ({ sizes: measured }: Result): string =>
  measured.length === 0
    ? ''
    : table(
        ['browser, bytes after gzip', 'size', 'budget'],
        measured.map(({ name, gzip, budget, what }) => [`${name}: ${what}`, whole(gzip), whole(budget)]),
      )

/** The result as text. */
export const report = (result: Result): string =>
  [
    `Node ${result.node}, ${result.cores} cores of ${result.cpu}`,
    assessments(result),
    engine(result),
    sizes(result),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
