import { table } from '../report.ts'
import type { Estimate } from '../metrics/interval.ts'
import type { Asked, Asks } from './asks.ts'
import { horizons, rates, type Figures, type LiveRow, type Posterior } from './figures.ts'

const percent = (value: number, digits = 1): string =>
  Number.isNaN(value) ? '–' : `${(100 * value).toFixed(digits)} %`
const within = ({ value, low, high }: Estimate): string =>
  Number.isNaN(value) ? '–' : `${percent(value)} [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`
const plain = ({ value, low, high }: Estimate, digits: number): string =>
  `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`

const liveLine = (name: string, { attempts, asked, denied }: LiveRow): string[] => [
  name,
  String(attempts),
  within(asked),
  within(denied),
]

function liveText({ live, apart }: Figures): string {
  const rows = [
    liveLine('good sign-ins', live.all),
    liveLine('  first of a subject', live.first),
    liveLine('  second and third', live.second),
    liveLine('  later', live.later),
    ...(apart.length > 0 ? [liveLine('ids with over 1 % of the rows', live.apart)] : []),
    ...live.months.map(({ month, ...row }) => liveLine(`  ${month}`, row)),
  ]
  const attackers = live.attackers.map(({ attacker, attempts, letIn, denied }) => [
    attacker,
    String(attempts),
    within(letIn),
    within(denied),
  ])
  return [
    'Live threshold',
    table(['', 'sign-ins', 'asked [95 %]', 'refused [95 %]'], rows),
    '',
    ...(attackers.length > 0
      ? [table(['attacker', 'attempts', 'let in unasked [95 %]', 'refused [95 %]'], attackers), '']
      : []),
  ].join('\n')
}

const posteriorLine = (row: Posterior): string[] => [
  `${row.attacker}, ${row.model}`,
  row.truePositiveRate.toFixed(3),
  ...row.horizons.map(({ median, p90, perLogin }) =>
    [median, p90, perLogin.value].map((value) => (Number.isNaN(value) ? '–' : value.toFixed(2))).join(' / '),
  ),
  percent(row.second.value),
]

/** Of all sign-ins, what is asked and what there is of each kind; and the attacks that the threshold misses. */
function asksLine({ attacker, first, later, attacks }: Asks): string[] {
  const kinds = [first, later.other, later.none, later.recorded]
  const all = kinds.reduce((sum, { signIns }) => sum + signIns, 0)
  const share = (count: number): string => percent(count / all).replace(' %', '')
  const of = ({ asked, signIns }: Asked): string => `${share(asked)} of ${share(signIns)} %`
  const missed = [attacks.other, attacks.none, attacks.recorded]
  return [attacker, ...kinds.map(of), ...missed.map(({ attempts, missed }) => `${missed} of ${attempts}`)]
}

/** Tenths of all sign-ins by their evidence: the reliability diagram, in numbers. */
function reliabilityText({ calibration }: Figures): string {
  const all = calibration.find(({ attacker }) => attacker === 'all')
  if (all === undefined) return ''
  return table(
    ['share of attacks, by tenths of the evidence', 'sign-ins', 'said', 'observed'],
    all.reliability.map(({ count, said, observed }, i) => [
      `${i + 1}`,
      String(count),
      percent(said, 2),
      percent(observed, 2),
    ]),
  )
}

/** The figures for people; all of them, with their intervals, are in the JSON. */
export function textOf(figures: Figures): string {
  const { posterior, auc, calibration, apart } = figures
  const head = [
    `${figures.rows} rows of ${figures.subjects} subjects, ${figures.from.slice(0, 10)} to ${figures.to.slice(0, 10)}; ` +
      `${figures.failedRows} with a wrong password`,
    `SHA-256 ${figures.sha256}`,
    ...apart.map(({ subject, rows, share }) => `apart: ${subject}, ${rows} rows (${percent(share)})`),
    '',
  ]
  const after = horizons.map((logins) => {
    const subjects = posterior[0]?.horizons.find((horizon) => horizon.logins === logins)?.subjects ?? 0
    return `after ${logins} (${subjects})`
  })
  return [
    ...head,
    liveText(figures),
    ...(posterior.length > 0
      ? [
          'Posterior: challenge rate of good users at thresholds that only hindsight knows',
          'median / 90th percentile over subjects / over all sign-ins; a first sign-in counts as asked; in brackets the subjects with so many',
          table(['attacker, model', 'TPR', ...after, '2nd and 3rd'], posterior.map(posteriorLine)),
          '',
          `What newel asks of the first ${horizons[1]} at ${rates[0].toFixed(3)}, by the device key; and the attacks that it misses`,
          table(
            [
              'attacker',
              'first',
              'another key',
              'none on record',
              'key on record',
              'missed: another',
              'none',
              'on record',
            ],
            figures.asks.map(asksLine),
          ),
          '',
          table(
            ['ROC AUC [95 %]', 'area'],
            auc.map(({ model, attacker, area }) => [`${attacker}, ${model}`, plain(area, 4)]),
          ),
          '',
          'Evidence as it is (prior: the share of attacks here)',
          table(
            ['attacker', 'slope [95 %]', 'intercept [95 %]', 'log loss / base', 'Cllr', '− minCllr', 'Brier'],
            calibration.map((row) => [
              row.attacker,
              plain(row.slope, 2),
              plain(row.intercept, 2),
              row.relativeLogLoss.toFixed(3),
              row.cllr.toFixed(3),
              (row.cllr - row.minCllr).toFixed(3),
              row.brier.toFixed(4),
            ]),
          ),
          '',
          reliabilityText(figures),
          '',
        ]
      : []),
  ].join('\n')
}
