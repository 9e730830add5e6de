import { command, configArgs } from '../command.ts'
import { loadConfig } from '../config/load.ts'
import { sayFinding } from '../doctor/check.ts'
import { examine } from '../doctor/doctor.ts'

export const doctor = command({
  name: 'doctor',
  description: 'Looks at configuration, database, keys, mail server, networks and clock, and says what to do',
  example: 'newel doctor --config newel.config.json',
  args: configArgs,
  run: async ({ config: file, database }) => {
    const findings = await examine(loadConfig({ env: process.env, file, flags: { database } }))
    process.stdout.write(`${findings.map(sayFinding).join('\n')}\n`)
    if (findings.some(({ state }) => state === 'bad')) process.exitCode = 1
  },
})
