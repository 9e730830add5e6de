import { runCommand } from 'citty'
import { expect, it } from 'vitest'
import { command } from './command.ts'

const ran: unknown[] = []
const example = command({
  name: 'example',
  description: '',
  args: { port: { type: 'string' }, emergency: { type: 'boolean' } },
  run: async ({ port, emergency }) => {
    ran.push({ port, emergency })
  },
})
const run = (...rawArgs: string[]): Promise<unknown> => runCommand(example, { rawArgs })

it('runs with the flags that it declares', async () => {
  await run('--port', '1', '--emergency')
  await run('--port=2')
  expect(ran).toEqual([
    { port: '1', emergency: true },
    { port: '2', emergency: undefined },
  ])
})

it('refuses a flag that it does not declare and names the one that was meant', async () => {
  await expect(run('--prot=1')).rejects.toThrow('Unknown flag --prot; did you mean "port"?')
})

it('refuses a word that no flag takes, such as the value of a flag that npm dropped', async () => {
  await expect(run('4000')).rejects.toThrow('Unexpected argument 4000')
  await expect(run('--', '--port', '4000')).rejects.toThrow('Unexpected argument --port')
})

it('refuses a flag without its value', async () => {
  await expect(run('--port')).rejects.toThrow('--port needs a value')
})
