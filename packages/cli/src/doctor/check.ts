/** How one thing is. */
export type Finding =
  | { readonly state: 'good'; readonly what: string }
  /** Works, but somebody will regret it. */
  | { readonly state: 'doubtful' | 'bad'; readonly what: string; readonly todo: string }

export const good = (what: string): Finding => ({ state: 'good', what })
export const doubtful = (what: string, todo: string): Finding => ({ state: 'doubtful', what, todo })
export const bad = (what: string, todo: string): Finding => ({ state: 'bad', what, todo })

const marks = { good: 'ok  ', doubtful: 'look', bad: 'BAD ' } as const

/** One or two lines for a terminal. */
export const sayFinding = (finding: Finding): string =>
  finding.state === 'good'
    ? `${marks.good}  ${finding.what}`
    : `${marks[finding.state]}  ${finding.what}\n      → ${finding.todo}`
