export { makeFreeTypists, type FreeTextSession, type FreeTypistOptions } from './free-typists.ts'
export { makePointers, type PointerOptions, type PointerSession } from './pointers.ts'
