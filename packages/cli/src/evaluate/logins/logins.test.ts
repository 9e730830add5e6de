import type { Demand } from '@newel/engine'
import { seededRandom } from '@newel/testkit'
import { population } from '@newel/testkit/population'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { figuresOf, type Figures } from './figures.ts'
import { policyFor } from './policy.ts'
import { createProgress } from './progress.ts'
import { runLogins, type RunOptions } from './run.ts'
import { createSpill } from './spill.ts'
import { createStates } from './states.ts'
import { textOf } from './text.ts'

let folder: string
let figures: Figures
let made: string

const silent = createProgress({ isTTY: false, write: () => true })
const optionsFor = (file: string, more: Partial<RunOptions> = {}): RunOptions => ({
  file,
  policy: policyFor(undefined, 'sign-in'),
  action: 'sign-in',
  methods: ['email'],
  learns: Infinity,
  passes: { genuine: 0.97, attacker: 0.02 },
  models: true,
  progress: silent,
  ...more,
})

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'newel-logins-'))
  made = join(folder, 'made.ndjson')
  const logins = population({ seed: 2, subjects: 500, days: 120, attacks: 0.05 })
  writeFileSync(made, [...logins].map((login) => JSON.stringify(login)).join('\n'))
  figures = figuresOf(await runLogins(optionsFor(made)))
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

const file = (content: unknown): string => {
  const path = join(folder, 'policy.json')
  writeFileSync(path, JSON.stringify(content))
  return path
}

describe('an evaluation of logins', () => {
  it('is the same in every run', async () => {
    expect(figuresOf(await runLogins(optionsFor(made)))).toEqual(figures)
  }, 60_000)
  it('asks at the first sign-in, of which nothing is known, and less and less later', () => {
    const { first, second, later } = figures.live
    expect(first.asked.value).toBe(1)
    expect(second.asked.value).toBeLessThan(0.7)
    expect(later.asked.value).toBeLessThan(second.asked.value)
  })
  it('leaves no sign-in out: first, second and third, and later ones are all', () => {
    const { all, first, second, later } = figures.live
    expect(first.attempts + second.attempts + later.attempts).toBe(all.attempts)
  })
  it('sets ids apart that make up more than 1 % of the rows', () => {
    expect(figures.apart.map(({ subject }) => subject)).toContain('unknown-account')
  })
  it('tells every kind of attacker from owners, the better the less they know', () => {
    const area = (attacker: string): number =>
      figures.auc.find((row) => row.model === 'newel' && row.attacker === attacker)!.area.value
    expect(area('naive')).toBeGreaterThan(0.98)
    expect(area('targeted')).toBeGreaterThan(0.75)
    expect(area('naive')).toBeGreaterThan(area('vpn'))
    expect(area('vpn')).toBeGreaterThan(area('targeted'))
  })
  it('has a posterior row for every model, attacker and rate, that catches what it says', () => {
    expect(figures.posterior).toHaveLength(4 * 4 * 3)
    for (const { caught, truePositiveRate } of figures.posterior)
      expect(caught).toBeGreaterThanOrEqual(truePositiveRate)
  })
  it('says what the sign-ins are that a posterior threshold asks, and which attacks it misses', () => {
    expect(figures.asks.map(({ attacker }) => attacker)).toEqual(['naive', 'vpn', 'targeted', 'takeover'])
    for (const { attacker, logins, first, later, attacks } of figures.asks) {
      const row = figures.posterior.find((each) => each.model === 'newel' && each.attacker === attacker)!
      const horizon = row.horizons.find((each) => each.logins === logins)!
      const kinds = [first, later.recorded, later.other, later.none]
      const sum = (of: 'asked' | 'signIns'): number => kinds.reduce((all, each) => all + each[of], 0)
      expect(first).toEqual({ signIns: horizon.subjects, asked: horizon.subjects })
      expect(sum('signIns')).toBe(horizon.subjects * logins)
      expect(sum('asked') / sum('signIns')).toBeCloseTo(horizon.perLogin.value, 9)
      const tried = Object.values(attacks)
      const missed = tried.reduce((all, each) => all + each.missed, 0)
      const attempts = tried.reduce((all, each) => all + each.attempts, 0)
      expect(1 - missed / attempts).toBeCloseTo(row.caught, 9)
    }
    const { later } = figures.asks[2]!
    expect(later.recorded.asked / later.recorded.signIns).toBeLessThan(
      later.other.asked / later.other.signIns,
    )
  })
  it('says all of it to people, the live threshold first', () => {
    const text = textOf(figures)
    expect(text.indexOf('Live threshold')).toBeLessThan(text.indexOf('Posterior'))
    expect(text).not.toContain('undefined')
    expect(text).toMatch(/share of attacks, by tenths[^]*\n10 +\d+ +\d+\.\d\d %/)
  })
  it('counts random audits among what is asked', async () => {
    const policy = { ...policyFor(undefined, 'sign-in'), auditShare: 1 }
    const audited = figuresOf(await runLogins(optionsFor(made, { policy, models: false })), ['newel'])
    expect(audited.live.later.asked.value).toBeGreaterThan(figures.live.later.asked.value + 0.2)
  }, 60_000)
  it('asks more where the loop is off', async () => {
    const frozen = figuresOf(await runLogins(optionsFor(made, { learns: 3, models: false })), ['newel'])
    expect(frozen.live.later.asked.value).toBeGreaterThan(figures.live.later.asked.value)
  }, 60_000)
  it('counts audits as asked, and none where the policy has none', async () => {
    const later = async (audit_share: number): Promise<number> => {
      const policy = policyFor(file({ ...defaults(), audit_share }), 'sign-in')
      const run = await runLogins(optionsFor(made, { policy, models: false }))
      return figuresOf(run, ['newel']).live.later.asked.value
    }
    const [none, many] = [await later(0), await later(0.25)]
    expect(many).toBeGreaterThan(none + 0.1)
  }, 60_000)
  it('never puts a key on record that lives in memory', async () => {
    const keyless = join(folder, 'keyless.ndjson')
    const logins = population({ seed: 2, subjects: 60, days: 120, deviceKeys: false })
    writeFileSync(keyless, [...logins].map((login) => JSON.stringify(login)).join('\n'))
    const { live } = figuresOf(await runLogins(optionsFor(keyless, { models: false })), ['newel'])
    expect(live.second.asked.value).toBe(1)
  })
})

describe('typing of a line', () => {
  const typing = { hold_ms: [90, 95, 101, 88, 93, 99], down_down_ms: [180, 210, 190, 220, 205] }
  /** The evidence of a sign-in after ten in one rhythm that the owner proved, give or take a few milliseconds. */
  async function lastNats(typed: object): Promise<number> {
    const file = join(folder, 'typed.ndjson')
    const random = seededRandom(5)
    const rhythm = (times: readonly number[]): number[] => times.map((ms) => ms + random.below(24))
    const lines = Array.from({ length: 13 }, (_, nth) => ({
      ts_ms: Date.UTC(2026, 2, 3, 9) + nth * 86_400_000,
      subject: 'a',
      ip: '192.0.2.7',
      user_agent: 'x',
      success: true,
      device_key: 'k',
      typing: { hold_ms: rhythm(typing.hold_ms), down_down_ms: rhythm(typing.down_down_ms) },
      ...(nth === 12 && typed),
    }))
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'))
    const { good } = await runLogins(optionsFor(file, { models: false, methods: ['passkey'] }))
    return good.score('newel')[12]!
  }
  it('is evidence by the rhythm that the subject’s sign-ins taught', async () => {
    const slower = typing.hold_ms.map((ms, i) => ms * (i % 2 === 0 ? 2.5 : 0.4))
    const own = await lastNats({})
    expect(await lastNats({ typing: { ...typing, hold_ms: slower } })).toBeGreaterThan(own + 0.5)
    // Of who always types, a password that was pasted or filled in is an absence.
    expect(await lastNats({ typing: undefined })).toBeGreaterThan(own + 0.5)
  })
  it('counts for nothing where the text is too short to have a rhythm', async () => {
    const short = { hold_ms: [90, 95, 101], down_down_ms: [180, 210] }
    expect(await lastNats({ typing: short })).toBe(await lastNats({ typing: undefined }))
  })
})

describe('the state of subjects', () => {
  it('comes back the same from the file that takes what memory does not hold', () => {
    const spill = createSpill()
    try {
      const states = createStates(spill, 8000)
      const demand: Demand = { action: 'sign-in', acr: 'phr', nats: -2.5, atMs: 1, untilMs: 9, jkt: 'k' }
      for (let i = 0; i < 40; i += 1) {
        const state = states.get(`s${i}`)
        expect(state.rows).toBe(0)
        states.put(`s${i}`, { ...state, rows: i + 1, profile: Uint8Array.of(i, 255), demands: [demand] })
      }
      for (const i of [0, 39, 17]) {
        const kept = { index: i, rows: i + 1, profile: Uint8Array.of(i, 255), demands: [demand] }
        expect(states.get(`s${i}`)).toMatchObject(kept)
      }
      states.put('new', states.get('new'))
      expect(states.count).toBe(41)
    } finally {
      spill.close()
    }
  })
})

describe('the policy', () => {
  it('has to declare the action', () => {
    expect(() => policyFor(file({ version: 1, actions: {} }), 'sign-in')).toThrow()
  })
  it('that only observes is enforced, since what it decides is the question', () => {
    const observing = { ...JSON.parse(JSON.stringify(defaults())), mode: 'observe' }
    expect(policyFor(file(observing), 'sign-in').mode).toBe('enforce')
  })
})

const defaults = () => ({
  version: 1,
  mode: 'enforce',
  bands: { medium: -7, high: -3.5, critical: 1.5 },
  requirements: { low: 'allow', medium: { acr: 'newel:contact' }, high: { acr: 'phr' }, critical: 'deny' },
  missing_signals: 'stricter',
  unmet: { then: 'deny' },
  actions: { 'sign-in': { params: 'none', starts_session: true } },
})
