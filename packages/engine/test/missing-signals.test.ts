import { describe, expect, it } from 'vitest'
import type { Facts } from '../src/index.ts'
import { ask, at, codes, digest, key, laptop, phone, usedFor } from './account.ts'

describe('a signal that the server does not know', () => {
  it('is no fact and changes nothing', () => {
    const { account, nowMs } = usedFor(30, 'passkey')
    const facts = at(laptop(), nowMs)
    const components = { ...facts.device.fingerprint!.components, quantumEntropy: digest('q') }
    const { record: _a, ...plain } = ask(account, facts)
    const { record: _b, ...more } = ask(account, {
      ...facts,
      device: { ...facts.device, fingerprint: { library: '5.0.1', components } },
    })
    expect(more).toEqual(plain)
  })
})

describe('signals that are missing', () => {
  const { account, nowMs } = usedFor(30, 'passkey')
  const without = (...signals: ('fingerprint' | 'screen' | 'languages' | 'timezone')[]): Facts => {
    const facts = at(phone(), nowMs)
    const { fingerprint, screen, ...device } = facts.device
    const { languages, timezone, offsetMinutes, ...client } = facts.client
    return {
      ...facts,
      device: {
        ...device,
        ...(signals.includes('fingerprint') || fingerprint === undefined ? {} : { fingerprint }),
        ...(signals.includes('screen') || screen === undefined ? {} : { screen }),
      },
      client: {
        ...client,
        ...laptop().client,
        ...(signals.includes('languages') ? { languages: undefined } : { languages }),
        ...(signals.includes('timezone')
          ? { timezone: undefined, offsetMinutes: undefined }
          : { timezone, offsetMinutes }),
      } as Facts['client'],
      absent: Object.fromEntries(
        signals.map((signal) => [signal === 'languages' ? 'language' : signal, 'blocked']),
      ),
    }
  }
  it('count where this client usually gives them, once for one cause', () => {
    const one = ask(account, without('fingerprint')).reasons.find(({ code }) => code === 'signal_missing')
    const four = ask(account, without('fingerprint', 'screen', 'languages', 'timezone')).reasons.find(
      ({ code }) => code === 'signal_missing',
    )
    expect(one?.nats).toBeGreaterThan(1.5)
    expect(four?.nats).toBe(one?.nats)
  })
  it('count nothing for who never gave them', () => {
    const shy: Facts = {
      ...laptop(),
      absent: { fingerprint: 'blocked' },
      device: { jkt: key('laptop'), ephemeral: false, proven: true },
    }
    const used = usedFor(30, 'passkey', shy)
    const decision = ask(used.account, at(shy, used.nowMs))
    expect(codes(decision)).not.toContain('signal_missing')
    expect(decision.decision).toBe('allow')
  })
  it('never calm: taking any signal from the usual device makes nothing calmer', () => {
    const usual = at(laptop(), nowMs)
    const calm = ask(account, usual).nats
    const { fingerprint: _f, ...unprinted } = usual.device
    const { screen: _s, ...unscreened } = usual.device
    const { languages: _l, ...wordless } = usual.client
    const { timezone: _z, offsetMinutes: _o, ...timeless } = usual.client
    for (const facts of [
      { ...usual, device: unprinted },
      { ...usual, device: unscreened },
      { ...usual, client: wordless },
      { ...usual, client: timeless },
      { ...usual, network: {} },
    ]) {
      expect(ask(account, facts).nats).toBeGreaterThanOrEqual(calm)
    }
  })
})
