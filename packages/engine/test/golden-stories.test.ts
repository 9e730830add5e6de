import { describe, expect, it } from 'vitest'
import type { Facts } from '../src/index.ts'
import { codes, key, laptop, mailOnly, phone, stranger } from './account.ts'
import { after, createStory, on, places, transfer, type Story } from './story.ts'

const { home, newFlat, train, airport, companyVpn, far } = places

/** A month with her laptop at home. */
function herMonth(): Story {
  const story = createStory()
  story.lives(30, () => on(laptop(), home))
  return story
}
const nobodysTrip = ['travel_fast', 'travel_impossible']

describe('moved house', () => {
  it('asks nothing: her laptop speaks for her, and the new network is learned', () => {
    const story = herMonth()
    const first = story.visits(on(laptop(), newFlat))
    expect(first).toMatchObject({ decision: 'allow', level: 'low', state: 'known' })
    expect(codes(first)).toEqual(expect.arrayContaining(['device_key_proven', 'network_unfamiliar']))
    story.lives(20, () => on(laptop(), newFlat))
    const later = story.asks(on(laptop(), newFlat))
    expect(later.decision).toBe('allow')
    expect(later.nats).toBeLessThan(first.nats)
  })
})

describe('new phone', () => {
  it('is asked once for a contact or better, and is known afterwards', () => {
    const story = herMonth()
    const first = story.visits(on(phone(), home))
    expect(first).toMatchObject({ decision: 'challenge', required: { acr: 'newel:contact' } })
    expect(codes(first)).toContain('device_key_unknown')
    story.waits(24)
    expect(story.asks(on(phone(), home))).toMatchObject({ decision: 'allow', level: 'low' })
  })
  it('that only a mailed code put on record is asked for a passkey where something is at stake', () => {
    const story = herMonth()
    story.visits(on(phone(), home), 'email')
    story.waits(1)
    const decision = story.asks(on(phone(), home), transfer)
    expect(decision).toMatchObject({ decision: 'challenge', required: { acr: 'phr', methods: ['passkey'] } })
    expect(codes(decision)).toContain('device_weakly_known')
  })
})

describe('airport', () => {
  it('asks nothing of her laptop after a flight, though country, network and clock are new', () => {
    const story = herMonth()
    story.waits(14)
    const decision = story.asks(on(laptop(), airport))
    expect(decision.decision).toBe('allow')
    expect(codes(decision)).toEqual(expect.arrayContaining(['device_key_proven', 'country_unfamiliar']))
    for (const code of nobodysTrip) expect(codes(decision)).not.toContain(code)
  })
  it('asks where something is at stake, and refuses nothing that her passkey answers', () => {
    const story = herMonth()
    story.waits(14)
    const decision = story.asks(on(laptop(), airport), transfer)
    expect(decision.decision).not.toBe('deny')
    if (decision.decision === 'challenge') expect(decision.required?.methods).toContain('passkey')
  })
})

describe('shared family computer', () => {
  it('asks the second person once, and calls neither a stranger to their own account', () => {
    // One browser has one device key, whoever signs in.
    const hers = herMonth()
    const his = createStory()
    his.lives(30, () => on(phone(), home))
    const first = his.visits(on(laptop(), home), 'email')
    expect(first).toMatchObject({ decision: 'challenge', required: { acr: 'newel:contact' } })
    expect(codes(first)).toContain('device_key_unknown')
    his.waits(24)
    expect(his.asks(on(laptop(), home)).decision).toBe('allow')
    expect(his.asks(on(phone(), home)).decision).toBe('allow')
    expect(hers.asks(on(laptop(), home)).decision).toBe('allow')
  })
})

describe('corporate VPN', () => {
  it('asks nothing of her laptop, neither on its first day nor as a habit, from a data centre in another country', () => {
    const story = herMonth()
    const first = story.visits(on(laptop(), companyVpn))
    expect(first.decision).toBe('allow')
    story.lives(20, (day) => on(laptop(), day % 2 === 0 ? companyVpn : home))
    for (const where of [companyVpn, home, companyVpn]) {
      const decision = story.visits(on(laptop(), where))
      expect(decision).toMatchObject({ decision: 'allow', level: 'low' })
      for (const code of nobodysTrip) expect(codes(decision)).not.toContain(code)
      story.waits(1)
    }
    expect(story.asks(on(laptop(), companyVpn)).nats).toBeLessThan(first.nats)
  })
  it('does not make a stranger in the same company her', () => {
    const story = herMonth()
    story.lives(20, (day) => on(laptop(), day % 2 === 0 ? companyVpn : home))
    const decision = story.asks(on(stranger(), companyVpn))
    expect(decision.decision).toBe('challenge')
    expect(codes(decision)).toContain('device_key_unknown')
  })
})

describe('first login', () => {
  it('of an account older than Newel asks for a contact, and of the next one nothing', () => {
    const story = createStory(mailOnly)
    const first = story.visits(on(laptop(), home), 'email')
    expect(first).toMatchObject({
      state: 'unseen',
      decision: 'challenge',
      required: { acr: 'newel:contact' },
    })
    expect(codes(first)).toContain('subject_unseen')
    story.waits(24)
    expect(story.asks(on(laptop(), home))).toMatchObject({ state: 'enrolling', decision: 'allow' })
  })
  it('of an account created a moment ago asks what the action asks', () => {
    const decision = createStory(mailOnly).asks(on(laptop(), home), { createdInThisSession: true })
    expect(decision).toMatchObject({ state: 'new', decision: 'allow' })
    expect(codes(decision)).toContain('subject_new')
  })
})

describe('travel by train', () => {
  it('asks nothing while her phone changes gateways every few minutes, hundreds of kilometres apart', () => {
    const story = createStory()
    story.lives(30, () => on(phone(), home))
    for (let tunnel = 0; tunnel < 8; tunnel += 1) {
      const decision = story.visits(on(phone(), train(tunnel)))
      expect(decision.decision).toBe('allow')
      for (const code of nobodysTrip) expect(codes(decision)).not.toContain(code)
      story.waits(0.1)
    }
  })
})

describe('colleague at the same desk', () => {
  /** The same model, system, browser and network; another browser profile, so another key. */
  const colleague = (): Facts => {
    const facts = on(laptop(), home)
    return { ...facts, device: { ...facts.device, jkt: key('colleague') } }
  }
  it('is asked, though everything but the key is hers', () => {
    const decision = herMonth().asks(colleague())
    expect(decision).toMatchObject({ decision: 'challenge', problem: 'insufficient_user_authentication' })
    expect(codes(decision)).toContain('device_key_unknown')
    expect(decision.nats).toBeGreaterThan(-3)
  })
  it('with her session cookie is asked for the best proof that she has', () => {
    const facts = colleague()
    const decision = herMonth().asks({ ...facts, flags: { ...facts.flags, sessionKeyChanged: true } })
    expect(decision).toMatchObject({ decision: 'challenge', required: { acr: 'phr' } })
    expect(codes(decision)).toContain('session_key_changed')
  })
})

describe('stolen laptop', () => {
  it('moves no money: a transfer asks for her passkey each time, whatever the session holds', () => {
    const payment = {
      params: { amount: { type: 'string' as const } },
      once: true,
      floor: { acr: 'phr' as const },
    }
    const story = createStory(undefined, { actions: { balance: { params: 'none' }, transfer: payment } })
    story.lives(30, () => on(laptop(), home))
    const held = [{ acr: 'phr' as const, authTimeMs: story.nowMs - 60_000 }]
    const asked = story.asks(on(laptop(), far), { ...transfer, assurance: held })
    expect(asked).toMatchObject({ decision: 'challenge', required: { acr: 'phr', methods: ['passkey'] } })
    expect(codes(asked)).toContain('action_floor')
  })
  it('is a stranger once she took it off the record, and is denied once it stands on the list', () => {
    const story = herMonth()
    story.account.grants = story.account.grants.map((grant) => ({ ...grant, revokedAtMs: story.nowMs }))
    story.account.grants.push({
      id: 'grt_phone',
      jkt: key('phone'),
      method: 'passkey',
      acr: 'phr',
      atMs: story.nowMs,
    })
    story.waits(1)
    const decision = story.asks(on(laptop(), far))
    expect(decision.decision).toBe('challenge')
    expect(codes(decision)).toContain('device_key_unknown')

    const entry = { id: 'stolen', author: 'support', reason: 'Reported.', expires: '2030-12-31' }
    const listed = createStory(undefined, {
      lists: { deny: [{ ...entry, match: { device: key('laptop') } }] },
    })
    listed.lives(3, () => on(phone(), home))
    const denied = listed.asks(on(laptop(), home))
    expect(denied).toMatchObject({ decision: 'deny', problem: 'denied' })
    expect(codes(denied)).toContain('list:stolen')
  })
})

describe('credential stuffing', () => {
  it('asks for a passkey or denies, and costs the owner nothing', () => {
    const story = herMonth()
    const attack = story.asks(after(on(stranger(), far), { account: 4, device: 40, prefix: 300 }))
    expect(attack.decision).not.toBe('allow')
    expect(['high', 'critical']).toContain(attack.level)
    expect(codes(attack)).toEqual(
      expect.arrayContaining(['device_key_unknown', 'device_failures', 'prefix_failures']),
    )
    const owner = story.asks(after(on(laptop(), home), { account: 4 }))
    expect(owner.decision).toBe('allow')
  })
  it('spread over networks and keys shows by the operator and by what its browsers look like', () => {
    const story = herMonth()
    const facts = on(stranger(), far)
    const counters = { ...facts.counters, crowds: { operator: [240, 12], fingerprint: [240, 0] } } as const
    const attack = story.asks({ ...facts, counters })
    expect(attack.decision).not.toBe('allow')
    expect(['high', 'critical']).toContain(attack.level)
    expect(codes(attack)).toEqual(expect.arrayContaining(['spray_operator', 'spray_fingerprint']))
  })
  it('from behind the address of her own office costs her nothing while she has her laptop', () => {
    const story = herMonth()
    const facts = on(laptop(), home)
    const counters = { ...facts.counters, prefixFailures: 90, crowds: { prefix: [90, 4] } } as const
    const owner = story.asks({ ...facts, counters })
    expect(codes(owner)).toEqual(expect.arrayContaining(['prefix_failures', 'spray_prefix']))
    expect(owner.decision).toBe('allow')
  })
  it('of an account that Newel never saw is asked as well', () => {
    const attack = createStory(mailOnly).asks(after(on(stranger(), far), { device: 40, prefix: 300 }))
    expect(attack.decision).not.toBe('allow')
  })
})

describe('relay phishing', () => {
  /** The relay signs in with its own browser, and forwards what she answers; the page is served from its own address. */
  const relay = (): Facts => {
    const facts = on(stranger(), far)
    return { ...facts, network: { ...facts.network, sameAddress: false } }
  }
  it('is asked at sign-in: her password alone opens nothing', () => {
    const decision = herMonth().asks(relay())
    expect(decision.decision).not.toBe('allow')
    expect(codes(decision)).toEqual(expect.arrayContaining(['device_key_unknown', 'address_mismatch']))
  })
  it('that relayed a mailed code is asked for a passkey before anything at stake, which no relay can answer', () => {
    const story = createStory(mailOnly)
    story.lives(30, () => on(laptop(), home), 'email')
    const facts = on({ ...laptop(), device: { ...laptop().device, jkt: key('relay') } }, home)
    const first = story.asks(facts)
    expect(first.required?.methods).toContain('email')
    story.passes(first, facts, 'email')
    story.account.methods = [...mailOnly, { method: 'passkey', acr: 'phr' }]
    story.waits(0.1)
    const decision = story.asks(facts, transfer)
    expect(decision).toMatchObject({ decision: 'challenge', required: { acr: 'phr', methods: ['passkey'] } })
    expect(codes(decision)).toContain('device_weakly_known')
  })
})
