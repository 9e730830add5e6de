import { runCommand } from 'citty'
import { expect, it } from 'vitest'
import { command } from './command.ts'

const ran: unknown[] = []
const example = command({
  name: 'example',
  description: '',
  example: 'newel example',
  args: {
    port: { type: 'string' },
    emergency: { type: 'boolean' },
    deviceKeys: { type: 'boolean', default: true },
  },
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

it.each([
  ['--emergency=no', '--emergency takes no value: write --emergency, or leave it out.'],
  ['--emergency=true', '--emergency takes no value'],
  ['--device-keys=no', '--device-keys takes no value: write --no-device-keys, or leave it out.'],
  ['--no-device-keys=yes', '--no-device-keys takes no value'],
  ['--no-port', 'Unknown flag --no-port: --port takes a value.'],
])('refuses %s, which the parser would read as something else', async (flag, message) => {
  await expect(run(flag)).rejects.toThrow(message)
})
