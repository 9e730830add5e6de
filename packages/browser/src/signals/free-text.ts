import { watched } from './watched.ts'

export const freeText = watched('free-text', 'free-text@1')
