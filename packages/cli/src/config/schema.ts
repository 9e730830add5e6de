import { origin } from '@newel/protocol'
import { limitRanges } from '@newel/server'
import * as v from 'valibot'

// Every message is our own: those of the schema library repeat the value, and some values are secrets.

const text = (about: string) =>
  v.pipe(v.string('expected a text'), v.minLength(1, 'must not be empty'), v.description(about))
const integer = (min: number, max: number, about: string) =>
  v.pipe(
    v.number('expected a number'),
    v.integer('expected a whole number'),
    v.minValue(min, `must be at least ${min}`),
    v.maxValue(max, `must be at most ${max}`),
    v.description(about),
  )
const list = <T extends v.GenericSchema>(item: T, about: string) =>
  v.pipe(v.array(item, 'expected a list'), v.description(about))

/** What is wrong with a public base, if anything. */
function urlMistake(value: string): string | undefined {
  if (!URL.canParse(value)) return 'expected a URL such as https://id.example or https://app.example/newel'
  const { protocol, hostname, search, hash, username } = new URL(value)
  if (protocol === 'http:' && !/^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)) {
    return 'only a loopback address may be http://'
  }
  if (protocol !== 'https:' && protocol !== 'http:') return 'expected https://, or http:// on loopback'
  return search || hash || username ? 'must have no query, fragment or user' : undefined
}

const url = v.pipe(
  v.string('expected a text'),
  v.rawCheck(({ dataset, addIssue }) => {
    const message = dataset.typed ? urlMistake(dataset.value) : undefined
    if (message !== undefined) addIssue({ message })
  }),
  v.description(
    'Public base of Newel with its path: the only source of issuer and links. https, or http on loopback.',
  ),
)

const database = v.pipe(
  v.string('expected a text'),
  v.regex(
    /^(?:sqlite:.+|postgres(?:ql)?:\/\/.+)$/,
    'expected sqlite:<path> or postgres://<user>:<password>@<host>/<database>',
  ),
  v.description('`sqlite:<path>` or `postgres://…`.'),
)

const masterKey = v.pipe(
  v.string('expected a text'),
  v.regex(/^[A-Za-z0-9_-]{43}$/, 'expected 32 random bytes in base64url, 43 characters'),
  v.description(
    '32 random bytes in base64url: seals keys and secrets at rest. `newel keys generate` prints one.',
  ),
)

const smtpUrl = v.pipe(
  v.string('expected a text'),
  v.regex(/^smtps?:\/\/.+/, 'expected smtp://<user>:<password>@<host>:<port> or smtps://…'),
  v.description('Mail server. Without one, codes by mail are not offered.'),
)

const tenant = v.strictObject({
  id: v.pipe(
    v.string('expected a text'),
    v.regex(/^[a-z0-9-]{1,32}$/, 'expected 1 to 32 lower-case letters, digits and hyphens'),
    v.description('Stands in keys and in the issuer.'),
  ),
  name: text('Shown in mails, prompts and authenticator apps.'),
  origins: v.pipe(
    v.array(origin, 'expected a list'),
    v.minLength(1, 'name at least one origin'),
    v.description(
      'Exact origins of the pages that may call the browser side, and that passkeys are accepted from.',
    ),
  ),
  rp_id: v.optional(text('WebAuthn RP ID. Default: host name of the first origin.')),
  publishable_key: text('`pk_{tenant}_` and at least 16 characters of base64url. Not a secret.'),
  secret_keys: v.optional(
    list(text(''), '`sk_{tenant}_` and at least 32 characters of base64url; each is accepted.'),
  ),
  secret_keys_file: v.optional(text('File with one secret key a line, instead of `secret_keys`.')),
  policy_file: v.optional(
    text('JSON file with the policy. Default: the policy that Newel comes with, without actions.'),
  ),
  hold_hours: v.optional(
    integer(0, 720, 'Hold of a replaced contact and of a new authenticator. Default 24.'),
  ),
})

const addressList = v.strictObject({
  id: v.pipe(
    v.string('expected a text'),
    v.regex(/^[A-Za-z0-9_.-]{1,24}$/, 'expected 1 to 24 letters, digits, hyphens, dots and underlines'),
    v.description('Stands in records and reasons.'),
  ),
  kind: v.pipe(
    v.picklist(
      ['blocked', 'tor', 'anonymiser', 'datacenter', 'mobile'],
      'expected blocked, tor, anonymiser, datacenter or mobile',
    ),
    v.description(
      'What its addresses are: `blocked`, `tor`, `anonymiser`, `datacenter`, or `mobile` for gateways of carriers, which are no blemish and nobody’s place.',
    ),
  ),
  file: text(
    'Text or CSV file, whose lines end with LF or CRLF. Lines that cannot be read or name a network wider than /8 (IPv6: /16) are passed over and counted in the log as `list_unread`; more than one in fifty stop the start.',
  ),
  weight: v.optional(
    v.pipe(
      v.number('expected a number'),
      v.minValue(0, 'must be at least 0'),
      v.maxValue(1, 'must be at most 1'),
      v.description('How much it is to be trusted, 0 to 1. Default 1.'),
    ),
  ),
})

/** Keys of the file and the environment as the server names its limits: `in_flight`, `inFlight`. */
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const limits = v.strictObject(
  Object.fromEntries(
    Object.entries(limitRanges).map(([name, { default: standing, least, most, about }]) => [
      snake(name),
      v.optional(integer(least, most, about), standing),
    ]),
  ),
)

/** What `newel serve`, `migrate`, `keys` and `doctor` read: defaults, then file, then environment, then flags. */
export const configSchema = v.strictObject({
  url: v.optional(url),
  host: v.optional(text('Address to listen on.'), '127.0.0.1'),
  port: v.optional(integer(0, 65_535, 'Port to listen on; 0 takes a free one.'), 8080),
  database: v.optional(database, 'sqlite:newel.db'),
  master_key: v.optional(masterKey),
  master_key_file: v.optional(text('File that holds the master key, instead of `master_key`.')),
  tenants: v.optional(
    list(tenant, 'The applications that this server answers. JSON in the environment.'),
    [],
  ),
  smtp: v.optional(
    v.strictObject({
      url: v.optional(smtpUrl),
      from: v.optional(text('Sender of mails, such as `Example <login@example.com>`.')),
    }),
    {},
  ),
  asn_file: v.optional(text('MaxMind DB file with the network operator (ASN) of addresses.')),
  country_file: v.optional(text('MaxMind DB file with the country of addresses.')),
  city_file: v.optional(text('MaxMind DB file with town and coordinates of addresses.')),
  anonymiser_file: v.optional(
    text('MaxMind DB file that tells VPNs, proxies, Tor and data centres, such as Anonymous IP.'),
  ),
  lists: v.optional(
    list(
      addressList,
      'Lists of addresses: attackers, Tor, VPNs, data centres, mobile carriers. JSON in the environment.',
    ),
    [],
  ),
  server_place: v.optional(
    v.pipe(
      v.string('expected a text'),
      v.regex(
        /^-?(?:90|[1-8]?\d)(?:\.\d+)?\s*,\s*-?(?:180|1[0-7]\d|\d{1,2})(?:\.\d+)?$/,
        'expected latitude and longitude in degrees, such as 59.91,10.75',
      ),
      v.description(
        'Where this server stands, as `latitude,longitude`: tells which places of addresses light could not have come from.',
      ),
    ),
  ),
  trusted_proxies: v.optional(
    integer(0, 10, 'Proxies in front that append to `X-Forwarded-For`. With 0 the header is not read.'),
    0,
  ),
  tick_seconds: v.optional(integer(1, 3600, 'Pause between two runs of the work without an answer.'), 5),
  log: v.optional(
    v.pipe(
      v.picklist(['info', 'warn', 'error'], 'expected info, warn or error'),
      v.description('Least level that is logged.'),
    ),
    'info',
  ),
  limits: v.optional(limits, {}),
})

/** Checked configuration. */
export type Config = v.InferOutput<typeof configSchema>
export type TenantConfig = v.InferOutput<typeof tenant>
