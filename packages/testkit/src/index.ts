export {
  softwareAuthenticator,
  type AuthenticatorOptions,
  type SoftwareAuthenticator,
} from './authenticator.ts'
export {
  makeFreeTypists,
  makePointers,
  type FreeTextSession,
  type FreeTypistOptions,
  type PointerOptions,
  type PointerSession,
} from './behaviour/index.ts'
export type { TestChallenge, TestEnrollment } from './ceremony.ts'
export { fixedClock, type TestClock } from './clock.ts'
export { testDevice, type TestDevice, type TestDeviceOptions } from './device.ts'
export type { NextOutcome } from './forced.ts'
export { createMailbox, type Mailbox } from './mailbox.ts'
export { seededRandom, type SeededRandom } from './random.ts'
export { createTestNewel, type TestNewel, type TestNewelOptions } from './test-newel.ts'
export { totpCode } from './totp.ts'
export { TestProblem } from './transport.ts'
export { makeTypists, toNdjson, type TypingLine, type TypistsOptions } from './typing.ts'
