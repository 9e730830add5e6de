import { describe, expect, it } from 'vitest'
import { compileCondition, contextOfFacts } from './expression.ts'
import { factsByName } from './facts.ts'

const conditionOf = (source: string) => {
  const compiled = compileCondition(source)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.mistakes))
  return compiled.condition
}
const holds = (source: string, facts: Parameters<typeof contextOfFacts>[0]): boolean =>
  conditionOf(source).holds(contextOfFacts(facts))
const mistakesOf = (source: string) => {
  const compiled = compileCondition(source)
  return compiled.ok ? [] : compiled.mistakes
}

describe('a condition', () => {
  it.each<[string, Parameters<typeof contextOfFacts>[0], boolean]>([
    ['network.country == "DE"', { network: { country: 'DE' } }, true],
    ['network.country in ["DE", "FR"]', { network: { country: 'JP' } }, false],
    ['has(network.country) && network.country == "DE"', { network: {} }, false],
    ['failures.subject >= 3.0', { failures: { subject: 3.5 } }, true],
    ['failures.subject > 3', { failures: { subject: 3.5 } }, true],
    ['time.hour < 6 || time.weekday > 5', { time: { hour: 3, weekday: 2 } }, true],
    ['"webdriver" in risk.reasons', { risk: { reasons: ['webdriver'] } }, true],
    ['client.languages.exists(l, l.startsWith("de"))', { client: { languages: ['en', 'de-AT'] } }, true],
    ['size(client.languages) == 0', { client: { languages: [] } }, true],
    ['client.languages.all(l, l in ["de", "en"])', { client: { languages: ['en', 'de'] } }, true],
    ['!device.proven', { device: { proven: true } }, false],
    ['double(network.asn) / 2.0 > 10.0', { network: { asn: 64500 } }, true],
    ['risk.nats / -2.0 > 1.0 && 12 / time.hour == 4', { risk: { nats: -3 }, time: { hour: 3 } }, true],
    ['network.kinds.exists(k, k == "tor")', { network: { kinds: ['mobile', 'tor'] } }, true],
  ])('%s', (source, facts, expected) => {
    expect(holds(source, facts)).toBe(expected)
  })
  it('fails where it reads what is not known, and not where the rest decides', () => {
    expect(() => holds('network.country == "DE"', { network: {} })).toThrow()
    expect(
      holds('network.country == "DE" && device.ephemeral', { network: {}, device: { ephemeral: false } }),
    ).toBe(false)
    expect(() => holds('time.hour / 0 == 1', { time: { hour: 3 } })).toThrow()
  })
  it('names what it reads, and what may be missing without being asked for', () => {
    expect(conditionOf('has(network.country) && network.country != "DE" || network.asn == 3')).toMatchObject({
      reads: ['network.country', 'network.asn'],
      unguarded: ['network.asn'],
    })
  })
  it('can read every fact that is declared, at its type', () => {
    const by = {
      bool: 'FACT',
      int: 'FACT > 1',
      double: 'FACT > 1.0',
      string: 'FACT != ""',
      'list<string>': 'size(FACT) > 0',
    }
    for (const [name, { type, values }] of factsByName) {
      const source = type === 'string' && values ? `FACT == "${values[0]!}"` : by[type]
      expect(mistakesOf(source.replace('FACT', name)), name).toEqual([])
    }
  })
})

describe('a mistake in a condition is named with its place', () => {
  it.each<[string, number, string, string?]>([
    ['network.contry == "DE"', 0, 'there is no fact "network.contry"', 'network.country'],
    ['true && netwrk.country == "DE"', 8, 'there are no facts called "netwrk"', 'network'],
    ['has(network.contry)', 4, 'there is no fact', 'network.country'],
    ['client.kind == "moblie"', 15, 'is never "moblie"', 'mobile'],
    ['device.standing in ["strong", "week"]', 30, 'is never "week"', 'weak'],
    ['"webdrivr" in risk.reasons', 0, 'is never "webdrivr"', 'webdriver'],
    ['time.hour == "3"', 0, 'no such overload'],
    ['time.hour', 0, 'must be true or false'],
    ['time.hour <', 11, 'Unexpected token'],
    ['network', 0, 'is a group of facts'],
    ['network.country.length > 2', 0, 'facts have no members'],
    ['has(1)', 0, 'has(…) is asked of a fact'],
    ['network.kinds.exists(k, k == "torr")', 29, '"network.kinds" is never "torr"', 'tor'],
    ['risk.reasons.all(r, !(r in ["gap_lung"]))', 28, 'is never "gap_lung"', 'gap_long'],
    ['failures.subject / failures.prefix > 0.5', 0, 'decimals are divided by a number that is written'],
  ])('%s', (source, at, message, suggestion) => {
    expect(mistakesOf(source)[0]).toMatchObject({
      at,
      message: expect.stringContaining(message) as string,
      ...(suggestion === undefined ? {} : { suggestion }),
    })
  })
})

describe('what a condition cannot do', () => {
  it.each([
    'network.country.matches("(a+)+$")',
    'timestamp("2026-01-01T00:00:00Z") < timestamp("2027-01-01T00:00:00Z")',
    'duration("1h") > duration("1m")',
    'type(time.hour) == int',
    'string(time.hour) == "3"',
    'dyn(time.hour) == 3',
    'cel.bind(x, time.hour, x > 1)',
    'client.languages.map(l, l).size() > 1',
    'client.languages.filter(l, l == "de").size() > 1',
    'client.languages.exists(l, risk.reasons.exists(r, r == l))',
    'client.languages + client.languages == client.languages',
    '(client.languages + ["de"]).exists(l, l == "de")',
    'client.languages.all(l, l in (client.languages + client.languages))',
    '((true ? client.languages : []) + []).all(l, l == "de")',
    'client.languages.all(l, l in [l, l])',
    'client.languages.all(l, l in [client.os])',
    '[client.languages].exists(l, size(l) > 1)',
    'bytes("a") == b"a"',
    'null == null',
    '{"a": 1} == {"a": 1}',
    'google.protobuf.Timestamp == google.protobuf.Timestamp',
    'constructor == __proto__',
    'client["os"] == "x"',
    'client.constructor == client.constructor',
    'true || time.hour.foo()',
    '1.0 / 0.0 > 1.0',
    'risk.nats / (failures.subject - 1.0) > 1.0',
    'risk.nats / -failures.subject > 1.0',
    'risk.nats / (device.proven ? 0.0 : 1.0) > 1.0',
    'risk.nats / double(time.hour) > 1.0',
    'risk.nats / decimal(client.os) > 1.0',
  ])('%s is refused', (source) => {
    expect(mistakesOf(source).length).toBeGreaterThan(0)
  })
  it('is to be as long or as deep as it likes', () => {
    expect(
      mistakesOf(Array.from({ length: 120 }, () => 'device.proven').join(' && ')).length,
    ).toBeGreaterThan(0)
    expect(mistakesOf(`${'('.repeat(40)}true${')'.repeat(40)}`).length).toBeGreaterThan(0)
    const names = Array.from({ length: 80 }, (_, i) => `"A${i}"`).join(', ')
    expect(mistakesOf(`network.country in [${names}]`).length).toBeGreaterThan(0)
  })
})
