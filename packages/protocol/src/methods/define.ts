import type * as v from 'valibot'
import type { Acr } from '../acr.ts'

/** One way to answer a challenge, declared once. */
export interface MethodDeclaration<
  Name extends string,
  Response extends v.GenericSchema,
  Enrollment extends v.GenericSchema,
> {
  readonly name: Name
  /** Highest assurance a success can give; never raised by risk, behaviour or approval. */
  readonly acr: Acr
  /** The answer in `POST /v1/challenges/{id}/verify`. */
  readonly response: Response
  /** The answer in `POST /v1/enrollments/{id}/verify`. */
  readonly enrollment: Enrollment
  /**
   * Likelihood ratio of attack that a success leaves, and a failure or abandonment (design, section 5): an outcome is a
   * soft label.
   */
  readonly ratio: { readonly passed: number; readonly failed: number }
}

export const defineMethod = <
  const Name extends string,
  Response extends v.GenericSchema,
  Enrollment extends v.GenericSchema,
>(
  declaration: MethodDeclaration<Name, Response, Enrollment>,
): MethodDeclaration<Name, Response, Enrollment> => declaration
