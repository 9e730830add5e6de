import { command, configArgs } from '../command.ts'
import { loadConfig } from '../config/load.ts'
import { checkDatabase, openDatabase } from '../database.ts'

export const migrate = command({
  name: 'migrate',
  description: 'Brings the schema of the database up; forward only, safe to repeat',
  example: 'newel migrate --database sqlite:newel.db',
  args: configArgs,
  run: async ({ config: file, database: url }) => {
    const config = loadConfig({ env: process.env, file, flags: { database: url } })
    const database = openDatabase(config.database)
    try {
      const before = await checkDatabase(database)
      await database.store.migrate()
      const after = await checkDatabase(database)
      process.stdout.write(
        before.found === after.found
          ? `${database.name} is at schema ${after.found} already.\n`
          : `${database.name} went from schema ${before.found} to ${after.found}.\n`,
      )
    } finally {
      await database.close()
    }
  },
})
