import { watched } from './watched.ts'

export const typing = watched('typing', 'typing@1')
