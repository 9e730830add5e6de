import type { BehaviourFacts, Facts } from '../src/index.ts'
import type { ComparedSignal } from '../src/signals/given.ts'

/** What a page observes, and may leave out. The key is proven by signature and not observed: its lack is a floor. */
export type Observed = Exclude<ComparedSignal, 'device-key'>

type Done = Exclude<keyof BehaviourFacts, 'source'>
const withoutDone =
  (name: Done) =>
  ({ behaviour, ...facts }: Facts): Facts => {
    if (behaviour === undefined) return facts
    const { [name]: _, ...rest } = behaviour
    return { ...facts, behaviour: rest }
  }

/** Facts without one signal, and the comparators that read it. */
export const omissions: Readonly<
  Record<Observed, { readonly without: (facts: Facts) => Facts; readonly readBy: readonly string[] }>
> = {
  fingerprint: {
    without: ({ device: { fingerprint: _, ...device }, ...facts }) => ({ ...facts, device }),
    readBy: ['fingerprint@1'],
  },
  screen: {
    without: ({ device: { screen: _, ...device }, ...facts }) => ({ ...facts, device }),
    readBy: ['screen@1'],
  },
  language: {
    without: ({ client: { languages: _, ...client }, ...facts }) => ({ ...facts, client }),
    readBy: ['language@1'],
  },
  timezone: {
    without: ({ client: { timezone: _z, offsetMinutes: _o, ...client }, ...facts }) => ({ ...facts, client }),
    readBy: ['timezone@1', 'time@1'],
  },
  client: {
    without: ({ client: { webdriver: _, ...client }, ...facts }) => ({
      ...facts,
      client: { ...client, contradicts: false },
    }),
    readBy: ['webdriver@1', 'contradiction@1'],
  },
  typing: { without: withoutDone('typing'), readBy: ['typing@1', 'synthetic-typing@1'] },
  'free-text': { without: withoutDone('freeText'), readBy: ['free-text@1', 'automation@1'] },
  pointer: { without: withoutDone('pointer'), readBy: ['pointer@1', 'automation@1'] },
  navigation: { without: withoutDone('navigation'), readBy: ['navigation@1'] },
  automation: { without: withoutDone('automation'), readBy: ['automation@1'] },
}
/** What can be left out. */
export const observed = Object.keys(omissions) as readonly Observed[]

/** A session that leaves signals out, and says so. */
export const omit = (facts: Facts, signals: readonly Observed[]): Facts => ({
  ...signals.reduce((rest, signal) => omissions[signal].without(rest), facts),
  absent: Object.fromEntries(signals.map((signal) => [signal, 'blocked'])),
})

const copyDone =
  (name: Done) =>
  (into: Facts, { behaviour: from }: Facts): Facts =>
    from?.[name] === undefined
      ? into
      : { ...into, behaviour: { ...(into.behaviour ?? { source: from.source }), [name]: from[name] } }

/** Puts one signal of a session into another. */
export const copies: Readonly<Record<Observed, (into: Facts, from: Facts) => Facts>> = {
  fingerprint: (into, { device: { fingerprint } }) => ({
    ...into,
    device: { ...into.device, ...(fingerprint && { fingerprint }) },
  }),
  screen: (into, { device: { screen } }) => ({
    ...into,
    device: { ...into.device, ...(screen && { screen }) },
  }),
  language: (into, { client: { languages } }) => ({
    ...into,
    client: { ...into.client, ...(languages !== undefined && { languages }) },
  }),
  timezone: (into, { client: { timezone, offsetMinutes } }) => ({
    ...into,
    client: { ...into.client, ...(timezone !== undefined && { timezone, offsetMinutes: offsetMinutes! }) },
  }),
  client: (into) => ({ ...into, client: { ...into.client, webdriver: false, contradicts: false } }),
  typing: copyDone('typing'),
  'free-text': copyDone('freeText'),
  pointer: copyDone('pointer'),
  navigation: copyDone('navigation'),
  automation: copyDone('automation'),
}
