import type { MethodName } from '@newel/protocol'
import { email } from './email.ts'
import type { ServerMethod } from './method.ts'
import { passkey } from './passkey.ts'
import { totp } from './totp.ts'

/** The only list of methods on the server. */
export const serverMethods: { readonly [M in MethodName]: ServerMethod<M> } = { passkey, totp, email }
