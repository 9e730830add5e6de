import { opensKeys, rotateKeys } from '@newel/server'
import { command, commandGroup, configArgs } from '../command.ts'
import { loadConfig, needs, requireKeys } from '../config/load.ts'
import { openStored } from '../database.ts'
import { Failure } from '../failure.ts'
import { makeMasterKey, makePublishableKey, makeSecretKey, masterKeyOf } from '../secrets.ts'

const generate = command({
  name: 'keys generate',
  description: 'Prints a new master key, or the keys of a tenant; stores nothing',
  example: 'newel keys generate --tenant shop',
  args: { tenant: { type: 'string', description: 'Keys for this tenant instead', valueHint: 'id' } },
  run: async ({ tenant }) => {
    if (tenant === undefined) {
      process.stdout.write(`${makeMasterKey()}\n`)
      return
    }
    if (!/^[a-z0-9-]{1,32}$/.test(tenant))
      throw new Failure('A tenant id is 1 to 32 lower-case letters, digits and hyphens.')
    const made = { publishable_key: makePublishableKey(tenant), secret_keys: [makeSecretKey(tenant)] }
    process.stdout.write(`${JSON.stringify(made, null, 2)}\n`)
  },
})

const rotate = command({
  name: 'keys rotate',
  description: 'Makes new signing keys and secrets; the old ones verify until what they signed has ended',
  example: 'newel keys rotate --tenant shop',
  args: {
    ...configArgs,
    tenant: { type: 'string', description: 'This tenant alone; default all declared ones', valueHint: 'id' },
    emergency: {
      type: 'boolean',
      description: 'The new keys sign at once and the old ones end at once: everything in flight is refused',
    },
  },
  run: async ({ config: file, database: url, tenant, emergency }) => {
    const config = loadConfig({ env: process.env, file, flags: { database: url } })
    requireKeys(config, [needs.masterKey])
    const masterKey = masterKeyOf(config)
    const database = await openStored(config.database)
    try {
      const stored = await database.store.listTenants()
      if (tenant !== undefined && !stored.includes(tenant)) {
        throw new Failure(`The database ${database.name} has no tenant ${tenant}.`, [
          `It has: ${stored.join(', ') || 'none'}.`,
        ])
      }
      if (stored.length === 0) {
        throw new Failure(`The database ${database.name} has no tenants, so no keys to rotate.`, [
          '`newel serve` makes the first ones on its start.',
        ])
      }
      for (const id of tenant === undefined ? stored : [tenant]) {
        const keys = (await database.store.readTenant(id))?.keys ?? []
        if (!(await opensKeys(masterKey, keys))) {
          throw new Failure(
            `The master key does not open the keys of tenant ${id}; nothing was changed for it.`,
            ['Give the one that they were made under (NEWEL_MASTER_KEY or NEWEL_MASTER_KEY_FILE).'],
          )
        }
        const made = await rotateKeys({
          store: database.store,
          masterKey,
          tenant: id,
          emergency: emergency ?? false,
          nowMs: Date.now(),
        })
        const when = emergency
          ? 'sign at once; every token, receipt and challenge nonce before them is refused'
          : `are published now and sign from ${new Date(made[0]?.signsFromMs ?? 0).toISOString()}`
        process.stdout.write(`${id}: new keys ${when}.\n`)
      }
    } finally {
      await database.close()
    }
  },
})

export const keys = commandGroup({
  name: 'keys',
  description: 'Makes the keys that configuration needs, and rotates what Newel signs with',
  commands: { generate, rotate },
})
