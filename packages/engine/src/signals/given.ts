import type { SignalName } from '@newel/protocol'
import type { Facts } from '../facts.ts'

type Given = Pick<Facts, 'device' | 'client' | 'behaviour'>

/** Signals of the page that comparators read, with how to see in the facts that one was given. */
const given = {
  'device-key': ({ device }) => device.jkt !== undefined && !device.ephemeral,
  fingerprint: ({ device }) => device.fingerprint !== undefined,
  client: ({ client }) => client.webdriver !== undefined,
  language: ({ client }) => client.languages !== undefined,
  timezone: ({ client }) => client.timezone !== undefined,
  screen: ({ device }) => device.screen !== undefined,
  typing: ({ behaviour }) => behaviour?.typing !== undefined,
  'free-text': ({ behaviour }) => behaviour?.freeText !== undefined,
  pointer: ({ behaviour }) => behaviour?.pointer !== undefined,
  navigation: ({ behaviour }) => behaviour?.navigation !== undefined,
  automation: ({ behaviour }) => behaviour?.automation !== undefined,
} as const satisfies Partial<Record<SignalName, (facts: Given) => boolean>>

export type ComparedSignal = keyof typeof given
export const comparedSignals = Object.keys(given) as readonly ComparedSignal[]

/** Signals that were not given, whether their absence was stated or not. */
export const signalsNotGiven = (facts: Given): readonly ComparedSignal[] =>
  comparedSignals.filter((signal) => !given[signal](facts))
