export type { AttackerKind, Login, Typing } from './login.ts'
export { isAttackAddress } from './places.ts'
export { typed } from './typing.ts'
export { population, type PopulationOptions } from './population.ts'
