import type { Explanation } from '@newel/engine'
import { percent, sayAsked, sayRules } from '../policy/outline.ts'

/** Who reads an explanation. */
export const readers = ['person', 'developer', 'auditor'] as const
export type Reader = (typeof readers)[number]

const signed = (nats: number, digits: number): string => `${nats < 0 ? '' : '+'}${nats.toFixed(digits)}`
/** Millionths of a nat, to the last digit. */
const exact = (micro: number): string => signed(micro / 1e6, 6)

function sayDeveloper({ developer: it, shadow, observed }: Explanation): string {
  const asked =
    it.methods === undefined
      ? ''
      : ` by ${it.methods.join(' or ')}, not older than ${String(it.maxAgeSeconds)} s`
  const edges = [
    it.aboveEdge === undefined ? '' : `${it.aboveEdge.toFixed(2)} above its edge`,
    it.toNextBand === undefined ? '' : `${it.toNextBand.toFixed(2)} below the next`,
  ].filter((part) => part !== '')
  return [
    `${it.decision}${it.problem === undefined ? '' : ` (${it.problem})`}: ${it.acr}${asked}${observed ? '; not enforced, the policy observes' : ''}`,
    `risk ${it.level}, score ${it.score.toPrecision(3)}, evidence ${signed(it.nats, 2)} nats${edges.length > 0 ? `; ${edges.join(', ')}` : ''}; subject ${it.state}`,
    '',
    'Reasons:',
    ...it.reasons.map(
      ({ code, text, nats, support }) =>
        `  ${nats === undefined ? '      ' : signed(nats, 2).padStart(6)}  ${code}: ${text}${support === undefined ? '' : ` (${support} observations)`}`,
    ),
    ...(it.audit === undefined
      ? []
      : ['', `Audit: ${it.audit.drawn ? 'drawn' : 'not drawn'}, by chance; ${percent(it.audit.share)} are.`]),
    ...(it.rules.length > 0 ? ['', 'Rules:', sayRules(it.rules)] : []),
    ...(shadow === undefined ? [] : ['', `In shadow: ${shadow.decision}, ${shadow.level}, ${shadow.acr}`]),
    '',
    'What would have changed it:',
    ...(it.changes.length === 0 ? ['  no single thing'] : []),
    ...it.changes.map(
      ({ without, with: given, decision, acr }) =>
        `  ${without === undefined ? `with ${given === 'signals' ? 'a live receipt and proof' : 'a fresh proof of what is asked'}` : `without ${without}`}: ${decision}, ${acr}`,
    ),
  ].join('\n')
}

function sayAuditor({ auditor: it, versions, recorded, sameVersions, same }: Explanation): string {
  return [
    `Made by ${Object.entries(versions)
      .map(([what, version]) => `${what} ${version}`)
      .join(', ')}.`,
    `Recorded: ${recorded.decision}, ${recorded.level}, ${recorded.acr}, ${signed(recorded.nats, 6)} nats.`,
    `Computed again under ${sameVersions ? 'the same policy and model' : 'another policy or model'}: ${same ? 'the same to the last digit' : 'NOT the same'}.`,
    '',
    'Evidence, ln(p(x | somebody else) / p(x | the subject)):',
    ...it.evidence.map(
      ({ comparator, group, code, micro, support, counted, source }) =>
        `  ${exact(micro).padStart(12)}  ${group.padEnd(9)} ${code}, support ${support}, by ${comparator}${counted ? '' : ', removed by the allow list'}  [${source}]`,
    ),
    '',
    'Groups, e = ln(c + (1 - c) exp(sum)), capped above; attack, key and absence never below 0:',
    ...it.groups.map(
      ({ group, sum, copy, maxNats, said, weight }) =>
        `  ${group.padEnd(9)} sum ${exact(sum).padStart(12)}  c ${copy}  at most ${maxNats}  e ${exact(said).padStart(12)}  weight ${weight}`,
    ),
    '',
    `apart      ${exact(it.apart)}${it.keyProven ? ' (attack, key and device)' : ' (attack and key)'}`,
    `twice      ${exact(it.copiedTwice)}, what device and client calm twice by one copy`,
    `claimed    ${exact(it.claimed)}, ln(${it.claimedCopy} + ${1 - it.claimedCopy} exp(claimed)) = ${exact(it.claimedSaid)}`,
    `evidence   ${exact(it.nats)}`,
    `base       ${exact(it.base)}`,
    `log-odds   ${exact(it.logOdds)}, whose logistic is the score`,
    `effective  ${exact(it.effective)}${it.floors.length > 0 ? `, with the floors ${it.floors.join(', ')}` : ''}`,
    `edges      medium ${exact(it.edges.medium)}, high ${exact(it.edges.high)}, critical ${exact(it.edges.critical)}, each less stakes of ${exact(it.stakes)}: ${it.level}`,
    '',
    'Asked by:',
    ...it.voices.map(({ reason, asks }) => `  ${reason}: ${sayAsked(asks)}`),
    ...(it.audit === undefined
      ? []
      : [
          `Audit: coin ${it.audit.coin} of ${it.audit.sides}, share ${it.audit.share}: ${it.audit.drawn ? 'drawn' : 'not drawn'}, propensity ${it.audit.propensity}.`,
        ]),
    `Together: ${sayAsked(it.asked)}; the session could show ${it.held}.`,
    ...(it.rules.length > 0 ? ['', 'Rules:', sayRules(it.rules)] : []),
    ...it.rules.flatMap(({ id, recorded: kept }) =>
      kept ? [`  ${id} reads params, which are not kept: what it said is recorded, not computed again`] : [],
    ),
    ...(it.lists.length > 0 ? ['', 'Lists:'] : []),
    ...it.lists.map(({ id, kind, author, expires }) => `  ${id} (${kind}), by ${author}, until ${expires}`),
  ].join('\n')
}

const sayers: Readonly<Record<Reader, (explanation: Explanation) => string>> = {
  person: ({ person }) => person.join('\n'),
  developer: sayDeveloper,
  auditor: sayAuditor,
}

/** An explanation for one reader, as text for a terminal. */
export const sayExplanation = (explanation: Explanation, reader: Reader): string =>
  sayers[reader](explanation)
