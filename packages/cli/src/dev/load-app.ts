import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Failure } from '../failure.ts'
import type { AppModule } from './context.ts'

/** Imports an application module. */
export async function loadApp(path: string): Promise<AppModule> {
  const file = resolve(path)
  if (!existsSync(file))
    throw new Failure(`There is no application module ${file}.`, ['Give its path after --app.'])
  const module = (await import(pathToFileURL(file).href)) as Partial<AppModule>
  if (typeof module.createApp !== 'function' || typeof module.tenant !== 'object') {
    throw new Failure(`${file} is no application module.`, [
      'It has to export `tenant` and `createApp(context)`; examples/bank/src/app.ts is one.',
    ])
  }
  return module as AppModule
}
