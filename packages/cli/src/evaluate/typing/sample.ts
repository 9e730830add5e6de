/** One repetition of a fixed text, as read from a file. Times in milliseconds, fractions allowed. */
export interface TypingSample {
  readonly subject: string
  readonly session: number
  /** Counted from 1 over all sessions of the subject. */
  readonly repetition: number
  /** How long each key was down. */
  readonly holdMs: readonly number[]
  /** From each key going down to the next one going down. */
  readonly downDownMs: readonly number[]
  /** Smallest step of the clock that took the times. */
  readonly resolutionMs: number
}

/** All samples of one subject, in the order of their repetitions. */
export interface TypingSubject {
  readonly name: string
  readonly samples: readonly TypingSample[]
}

/** Samples by subject, in order of the names. */
export function bySubject(samples: Iterable<TypingSample>): TypingSubject[] {
  const subjects = new Map<string, TypingSample[]>()
  for (const sample of samples) {
    const known = subjects.get(sample.subject)
    if (known === undefined) subjects.set(sample.subject, [sample])
    else known.push(sample)
  }
  return [...subjects]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, own]) => ({ name, samples: own.sort((a, b) => a.repetition - b.repetition) }))
}

/** The same samples as a coarser clock would have taken them: every key event falls on a tick. */
export function quantise(sample: TypingSample, stepMs: number): TypingSample {
  const tick = (ms: number): number => Math.round(ms / stepMs) * stepMs
  let downMs = 0
  const downs = [0, ...sample.downDownMs.map((ms) => (downMs += ms))]
  return {
    ...sample,
    holdMs: sample.holdMs.map((ms, i) => tick(downs[i]! + ms) - tick(downs[i]!)),
    downDownMs: sample.downDownMs.map((_, i) => tick(downs[i + 1]!) - tick(downs[i]!)),
    resolutionMs: Math.max(stepMs, sample.resolutionMs),
  }
}
