import { watched } from './watched.ts'

export const navigation = watched('navigation', 'navigation@1')
