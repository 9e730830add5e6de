import { describe, expect, it } from 'vitest'
import type { Facts } from '../src/index.ts'
import { ask, at, codes, digest, key, laptop, phone, stranger, usedFor } from './account.ts'

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

describe('what was found by leaving things out', () => {
  const { account, nowMs } = usedFor(30, 'passkey')
  const thief: Facts = { ...at(laptop(), nowMs), device: { ...laptop().device, jkt: key('thief') } }
  const shown = (components: Record<string, string>): Facts => ({
    ...thief,
    device: { ...thief.device, fingerprint: { library: '5.0.1', components } },
  })
  const { components } = laptop().device.fingerprint!
  const strange = Object.fromEntries(Object.keys(components).map((name) => [name, digest('zzzz')]))
  const nats = (facts: Facts): number => ask(account, facts).nats

  it('a claimed screen calms no more where the fingerprint, which would tell, is left out', () => {
    const { fingerprint: _, ...device } = thief.device
    const { screen: __, ...unscreened } = device
    const gain = nats({ ...thief, device }) - nats({ ...thief, device: unscreened })
    const { screen: ___, ...hidden } = shown(strange).device
    expect(gain).toBeGreaterThanOrEqual(nats(shown(strange)) - nats({ ...thief, device: hidden }) - 1e-6)
  })
  it('a fingerprint of the two components that agree calms less than a whole one, and no more than none', () => {
    const { canvas, fonts } = components
    const { fingerprint: _, ...device } = thief.device
    expect(nats(shown({ canvas: canvas!, fonts: fonts! }))).toBeGreaterThan(nats(shown(components)))
    expect(nats(shown({ canvas: canvas!, fonts: fonts! }))).toBeGreaterThan(nats({ ...thief, device }) - 3)
  })
  it('a person who keeps no key is asked where nothing else speaks for them, and not at home', () => {
    const shy = (facts: Facts): Facts => ({ ...facts, device: { ...facts.device, ephemeral: true } })
    const used = usedFor(60, 'email', shy(laptop()))
    const home = ask(used.account, at(shy(laptop()), used.nowMs))
    expect([home.state, home.decision]).toEqual(['known', 'allow'])
    const { network, device } = stranger()
    const elsewhere = at(shy({ ...laptop(), network, device }), used.nowMs)
    const there = ask(used.account, elsewhere)
    expect([there.decision, codes(there).includes('device_key_unknown')]).toEqual(['challenge', true])
  })
})
