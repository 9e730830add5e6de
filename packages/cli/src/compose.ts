import type { Store } from '@newel/engine'
import type { Policy } from '@newel/protocol'
import { createNewel } from '@newel/server'
import type { Limits, Logger, Newel, NewelOptions, TenantDeclaration } from '@newel/server'
import { NetworkFileError, nodeMailer, openNetworkFiles } from '@newel/server/node'
import type { Config, TenantConfig } from './config/schema.ts'
import { Failure, messageOf } from './failure.ts'
import { jsonLogger } from './logger.ts'
import { readPolicyFile } from './policy/read.ts'
import { masterKeyOf, secretKeysOf } from './secrets.ts'

const readPolicy = (path: string): Policy => readPolicyFile(path).source

const declare = (tenant: TenantConfig): TenantDeclaration => ({
  id: tenant.id,
  name: tenant.name,
  origins: tenant.origins,
  publishableKey: tenant.publishable_key,
  secretKeys: secretKeysOf(tenant),
  ...(tenant.rp_id !== undefined && { rpId: tenant.rp_id }),
  ...(tenant.policy_file !== undefined && { policy: readPolicy(tenant.policy_file) }),
  ...(tenant.hold_hours !== undefined && { holdHours: tenant.hold_hours }),
})

/** The limits under the names that the server gives them. */
const limitsOf = (limits: Config['limits']): Partial<Limits> =>
  Object.fromEntries(
    Object.entries(limits).map(([name, value]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  )

function mailerOf({ url, from }: Config['smtp']): Pick<NewelOptions, 'mailer'> {
  if (url === undefined && from === undefined) return {}
  if (url === undefined)
    throw new Failure('smtp.from is set without smtp.url: set NEWEL_SMTP_URL, or leave both out.')
  if (from === undefined)
    throw new Failure('smtp.url is set without smtp.from: set NEWEL_SMTP_FROM to the sender of mails.')
  return { mailer: nodeMailer({ smtp: url, from }) }
}

export function networkOf(config: Config, logger?: Logger): Pick<NewelOptions, 'network'> {
  const { asn_file: asn, country_file: country, city_file: city, anonymiser_file: anonymiser } = config
  const [latitude, longitude] = config.server_place?.split(',').map(Number) ?? []
  const lists = config.lists.map(({ weight, ...list }) => ({
    ...list,
    ...(weight !== undefined && { weight }),
  }))
  const named = [asn, country, city, anonymiser].filter((file) => file !== undefined)
  if (named.length + lists.length === 0) return {}
  try {
    return {
      network: openNetworkFiles(
        {
          ...(asn !== undefined && { asn }),
          ...(country !== undefined && { country }),
          ...(city !== undefined && { city }),
          ...(anonymiser !== undefined && { anonymiser }),
          lists,
          ...(latitude !== undefined && longitude !== undefined && { server: { latitude, longitude } }),
        },
        logger,
      ),
    }
  } catch (error) {
    if (!(error instanceof NetworkFileError)) throw error
    const key = error.option === 'lists' ? 'lists' : `${error.option}_file`
    throw new Failure(`${key}: a file cannot be opened: ${error.message}`, [], error)
  }
}

/** The log of a configuration: JSON lines on standard output. */
export const loggerOf = ({ log }: Pick<Config, 'log'>): Logger =>
  jsonLogger(log, (line) => process.stdout.write(`${line}\n`))

/**
 * The server that a configuration describes; url, master key and tenants have to be there.
 * @throws Failure that says what is missing or wrong
 */
export function compose(config: Config, store: Store): Newel {
  const logger = loggerOf(config)
  const options: NewelOptions = {
    url: config.url ?? '',
    store,
    masterKey: masterKeyOf(config),
    tenants: config.tenants.map(declare),
    limits: limitsOf(config.limits),
    logger,
    ...mailerOf(config.smtp),
    ...networkOf(config, logger),
  }
  try {
    return createNewel(options)
  } catch (error) {
    throw new Failure(`The configuration does not fit: ${messageOf(error)}`, [], error)
  }
}
