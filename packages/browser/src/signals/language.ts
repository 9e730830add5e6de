import type { Collector } from '../collect.ts'

const tag = /^[A-Za-z0-9]{1,8}(?:-[A-Za-z0-9]{1,8}){0,4}$/

export const language: Collector<'language'> = {
  wire: 'language@1',
  collect() {
    const languages = navigator.languages.filter((entry) => tag.test(entry)).slice(0, 8)
    return languages.length > 0 ? { value: { languages } } : { absent: 'unsupported' }
  },
}
