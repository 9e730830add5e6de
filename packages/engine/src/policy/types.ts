import type {
  ActionDeclaration,
  Level,
  Params,
  Policy,
  ProblemCode,
  SignalName,
  Verdict,
} from '@newel/protocol'
import type { MicroNats } from '../math/micro-nats.ts'
import type { CompiledEntry } from '../rules/lists.ts'
import type { CompiledRule } from '../rules/rules.ts'

/** A policy that was checked, with its defaults filled in and the built-in actions added. */
export interface CompiledPolicy {
  readonly source: Policy
  readonly mode: 'enforce' | 'observe'
  /** Lower edges of the bands. */
  readonly edges: Readonly<Record<Exclude<Level, 'low'>, MicroNats>>
  readonly requirements: Readonly<Record<Level, Verdict>>
  readonly wantedSignals: readonly SignalName[]
  readonly missingSignals: 'stricter' | 'deny' | 'allow'
  /** 0 where nobody is audited. */
  readonly auditShare: number
  readonly unmet: NonNullable<Policy['unmet']>
  readonly actions: ReadonlyMap<string, ActionDeclaration>
  readonly rules: readonly CompiledRule[]
  /** Entries of both lists. */
  readonly entries: readonly CompiledEntry[]
  /** Judged beside this policy and never enforced. */
  readonly shadow?: Omit<CompiledPolicy, 'shadow'>
}

export interface PolicyError {
  /** Where, as a JSON Pointer (RFC 6901); empty for the policy as a whole. */
  readonly path: string
  /** What is wrong and what was expected. */
  readonly message: string
  /** The name that was probably meant. */
  readonly suggestion?: string
}

export type CompileResult =
  | { readonly ok: true; readonly policy: CompiledPolicy }
  | { readonly ok: false; readonly errors: readonly PolicyError[] }

export type ResolvedAction =
  | { readonly ok: true; readonly declaration: ActionDeclaration; readonly params: Params }
  | {
      readonly ok: false
      readonly problem: Extract<ProblemCode, 'unknown_action' | 'invalid_params'>
      /** For the problem document: names the declared, never the caller's text. */
      readonly detail: string
      readonly errors: readonly { readonly pointer: string; readonly detail: string }[]
    }
