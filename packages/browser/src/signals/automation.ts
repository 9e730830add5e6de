import { watched } from './watched.ts'

export const automation = watched('automation', 'automation@1')
