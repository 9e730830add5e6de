import type * as Engine from '@newel/engine'
import type { Policy } from '@newel/protocol'

type EngineModule = typeof Engine

/** A double as its 16 hexadecimal digits, so that nothing is lost or rounded on the way. */
export function bitsOf(value: number): string {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return view.getBigUint64(0).toString(16).padStart(16, '0')
}
export function fromBits(bits: string): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, BigInt(`0x${bits}`))
  return view.getFloat64(0)
}
export const toHex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
export const fromHex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

/** A decision's input as JSON: the profile in hexadecimal, the policy as its source, model and background the shipped ones. */
export interface DecisionVector {
  readonly name: string
  readonly policy: Policy
  readonly input: Omit<
    Engine.DecisionInput,
    'policy' | 'model' | 'modelVersion' | 'background' | 'backgroundVersion' | 'subject'
  > & { readonly subject?: Omit<Engine.SubjectInput, 'profile'> & { readonly profile?: string } }
  readonly output: Engine.DecisionOutput
}

export interface Vectors {
  readonly math: readonly { readonly fn: string; readonly args: readonly string[]; readonly result: string }[]
  readonly evidence: readonly {
    readonly evidence: readonly Pick<Engine.Evidence, 'group' | 'micro'>[]
    readonly keyProven: boolean
    readonly nats: number
  }[]
  readonly profiles: readonly {
    readonly name: string
    readonly nowMs: number
    readonly events: readonly Engine.OutcomeEvent[]
    readonly profile: string
  }[]
  readonly decisions: readonly DecisionVector[]
}

/** Functions that the vectors name, on numbers alone. */
export function mathOf(engine: EngineModule): Readonly<Record<string, (...args: number[]) => number>> {
  const { shippedBackground } = engine
  return {
    ln: engine.ln,
    exp: engine.exp,
    logistic: engine.logistic,
    pow: (x = NaN, y = NaN) => engine.pow(x, y),
    lnMixed: (share = NaN, x = NaN) => engine.lnMixed(share, x),
    tierNats: (count = NaN, total = NaN, distinct = NaN, others = NaN, least = NaN) =>
      engine.tierNats({ count, total, distinct }, others, least),
    hourProbability: (hour = NaN) => engine.hourProbability(shippedBackground, hour),
    asnProbability: (asn = NaN) => engine.backgroundProbability(shippedBackground, 'asn', String(asn)),
  }
}

export function inputOf(engine: EngineModule, { policy, input }: DecisionVector): Engine.DecisionInput {
  const compiled = engine.compilePolicy(policy)
  if (!compiled.ok) throw new Error('the policy of a vector does not compile')
  const { subject, ...rest } = input
  return {
    ...rest,
    ...(subject === undefined
      ? {}
      : {
          subject: {
            ...subject,
            profile: subject.profile === undefined ? undefined : fromHex(subject.profile),
          },
        }),
    policy: compiled.policy,
    model: engine.shippedModel,
    modelVersion: engine.shippedModelVersion,
    background: engine.shippedBackground,
    backgroundVersion: engine.shippedBackgroundVersion,
  }
}

/** Compares an engine, in whatever runtime, with the vectors bit by bit; what differs is named. */
export function checkVectors(engine: EngineModule, vectors: Vectors): string[] {
  const wrong: string[] = []
  const math = mathOf(engine)
  for (const { fn, args, result } of vectors.math) {
    const found = bitsOf(math[fn]?.(...args.map(fromBits)) ?? NaN)
    if (found !== result) wrong.push(`${fn}(${args.join(', ')}): expected ${result}, found ${found}`)
  }
  for (const [i, { evidence, keyProven, nats }] of vectors.evidence.entries()) {
    const found = engine.combine(evidence, engine.shippedModel.weights, keyProven).nats
    if (found !== nats) wrong.push(`evidence ${i}: expected ${nats}, found ${found}`)
  }
  for (const { name, nowMs, events, profile } of vectors.profiles) {
    const found = toHex(engine.foldProfile(undefined, events, { nowMs }))
    if (found !== profile) wrong.push(`profile of ${name}: expected ${profile}, found ${found}`)
  }
  for (const vector of vectors.decisions) {
    const input = inputOf(engine, vector)
    const { record, ...verdicts } = engine.decide(input)
    const again = engine.recompute(record, input)
    // JSON text of a double is its shortest form, the same wherever its bits are.
    if (JSON.stringify({ ...verdicts, record }) !== JSON.stringify(vector.output))
      wrong.push(`decision ${vector.name}`)
    if (JSON.stringify(again) !== JSON.stringify(verdicts)) wrong.push(`recomputed decision ${vector.name}`)
  }
  return wrong
}
