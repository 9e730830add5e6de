import { watched } from './watched.ts'

export const pointer = watched('pointer', 'pointer@1')
