import * as v from 'valibot'
import { email } from './email.ts'
import { passkey } from './passkey.ts'
import { totp } from './totp.ts'

/** The only list of methods; the compiler names what a new one needs in server and browser. */
export const methods = { passkey, totp, email } as const
export type MethodName = keyof typeof methods
export const methodName = v.picklist(Object.keys(methods) as MethodName[])
export type MethodResponse<M extends MethodName> = v.InferOutput<(typeof methods)[M]['response']>
export type EnrollmentResponse<M extends MethodName> = v.InferOutput<(typeof methods)[M]['enrollment']>
