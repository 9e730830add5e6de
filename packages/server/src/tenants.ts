import {
  compilePolicy,
  defaultPolicy,
  shippedBackground,
  shippedBackgroundVersion,
  shippedModel,
  shippedModelVersion,
  type Background,
  type CompiledPolicy,
  type Model,
  type Store,
  type TenantStore,
  type TenantRow,
} from '@newel/engine'
import { origin } from '@newel/protocol'
import * as v from 'valibot'
import {
  deriveBytes,
  deriveHmac,
  deriveSealer,
  fromBase64url,
  importMaster,
  sha256,
  type Bytes,
} from './crypto.ts'
import { isSecureContext } from './base-path.ts'
import { createKeyring, ensureKeys, type Keyring } from './keys.ts'
import { createLru } from './lru.ts'
import type { TenantDeclaration } from './options.ts'

/** What of a declaration is stored: secret keys as digests only. */
const tenantConfig = v.strictObject({
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  origins: v.pipe(v.array(origin), v.minLength(1), v.maxLength(32)),
  rpId: v.pipe(v.string(), v.regex(/^[a-z0-9.-]{1,253}$/)),
  publishableKey: v.string(),
  secretKeyDigests: v.array(v.string()),
  holdHours: v.pipe(v.number(), v.minValue(0), v.maxValue(24 * 30)),
})
export type TenantConfig = v.InferOutput<typeof tenantConfig>

/** Keys that stay for as long as the master key: they name and seal what is stored. */
export interface StableKeys {
  /** Digests of addresses, destinations and subjects; buckets of ids. */
  readonly digest: CryptoKey
  /** Digests of codes that were sent. */
  readonly codes: CryptoKey
  /** Seeds, contacts and answers to repeats, at rest. */
  readonly sealer: CryptoKey
  /** Of the coins that draw audits. */
  readonly audits: Bytes
}

/** One revision of a tenant, ready to use. Immutable. */
export interface Tenant {
  readonly id: string
  readonly revision: number
  readonly config: TenantConfig
  readonly issuer: string
  readonly policy: CompiledPolicy
  readonly policyVersion: string
  readonly model: Model
  readonly modelVersion: string
  readonly background: Background
  readonly backgroundVersion: string
  readonly keyring: Keyring
  readonly stable: StableKeys
}

const tenantPattern = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/

/** Programs without types leave lists out, and read them from variables that nobody set. */
export const isFilled = (list: unknown): boolean => Array.isArray(list) && list.length > 0

/** Throws with what to do where a declaration cannot be used. Called before anything listens. */
export function checkDeclaration(declaration: TenantDeclaration): void {
  const { id } = declaration
  const complain = (problem: string): never => {
    throw new TypeError(`tenant "${id}": ${problem}`)
  }
  if (!tenantPattern.test(id)) complain('an id is 1 to 32 lower-case letters, digits and inner hyphens')
  const keysCommand = `\`newel keys generate --tenant ${id}\` makes a pair`
  if (!new RegExp(`^pk_${id}_[A-Za-z0-9_-]{16,128}$`).test(declaration.publishableKey)) {
    complain(`publishableKey has to be "pk_${id}_" and 16 to 128 characters of base64url; ${keysCommand}`)
  }
  if (!isFilled(declaration.secretKeys))
    complain(`secretKeys needs a list of at least one key; ${keysCommand}`)
  for (const key of declaration.secretKeys) {
    if (!new RegExp(`^sk_${id}_[A-Za-z0-9_-]{32,128}$`).test(key)) {
      complain(`every secret key has to be "sk_${id}_" and 32 to 128 characters of base64url; ${keysCommand}`)
    }
  }
  if (!isFilled(declaration.origins))
    complain('origins needs a list of at least one origin, such as https://app.example')
  for (const entry of declaration.origins) {
    if (!v.is(origin, entry))
      complain(`"${entry}" is no origin; write it as https://app.example, without a path`)
    if (!isSecureContext(new URL(entry)))
      complain(`origin ${entry} has to be https, or http on localhost: browsers give pages no keys elsewhere`)
  }
  const rpId = declaration.rpId ?? new URL(declaration.origins[0] ?? '').hostname
  for (const entry of declaration.origins) {
    const host = new URL(entry).hostname
    if (host !== rpId && !host.endsWith(`.${rpId}`)) {
      complain(`origin ${entry} is outside of rpId "${rpId}": browsers refuse passkeys there`)
    }
  }
  const compiled = compilePolicy(declaration.policy ?? defaultPolicy)
  if (!compiled.ok) {
    const lines = compiled.errors.map(({ path, message }) => `  ${path}: ${message}`)
    complain(`the policy has mistakes\n${lines.join('\n')}`)
  }
}

const keys = {
  pk: /^pk_([a-z0-9-]{1,32})_[A-Za-z0-9_-]{16,128}$/,
  sk: /^sk_([a-z0-9-]{1,32})_[A-Za-z0-9_-]{16,128}$/,
} as const

/** Tenant that an API key names, or `undefined` for anything that is no key of the kind. */
export const tenantOfKey = (key: string | null | undefined, kind: keyof typeof keys): string | undefined =>
  keys[kind].exec(key ?? '')?.[1]

export interface Tenants {
  /** The tenant at a revision that a load has just reported; read once per revision, from the store of the call. */
  at(tenant: string, revision: number, store: TenantStore): Promise<Tenant>
  /** The tenant as it stood when it was last loaded: a guess, to be checked by what is loaded next. */
  guess(tenant: string): Tenant | undefined
  /** The tenant as it stands now; `undefined` for an unknown one. */
  current(tenant: string, store: TenantStore): Promise<Tenant | undefined>
  /** Resolves once the schema is up and the keys of every declared tenant are there and open. Tried again after a failure. */
  ready(): Promise<void>
}

const cacheSize = 256

export function createTenants(options: {
  readonly store: Store
  readonly masterKey: string
  readonly url: string
  readonly declarations: readonly TenantDeclaration[]
  readonly now: () => number
}): Tenants {
  const { store } = options
  const cache = new Map<string, Promise<Tenant>>()
  const latest = createLru<string, Tenant>(cacheSize)
  let master: Promise<CryptoKey> | undefined
  let started: Promise<void> | undefined

  const masterKey = (): Promise<CryptoKey> => (master ??= importMaster(fromBase64url(options.masterKey)))

  async function build(row: TenantRow): Promise<Tenant> {
    const key = await masterKey()
    const compiled = compilePolicy(JSON.parse(row.policy))
    if (!compiled.ok)
      throw new Error(`stored policy ${row.policyVersion} of tenant ${row.tenant} does not compile`)
    return {
      id: row.tenant,
      revision: row.revision,
      config: v.parse(tenantConfig, JSON.parse(row.config)),
      issuer: `${options.url}/t/${row.tenant}`,
      policy: compiled.policy,
      policyVersion: row.policyVersion,
      model: shippedModel,
      modelVersion: shippedModelVersion,
      background: shippedBackground,
      backgroundVersion: shippedBackgroundVersion,
      keyring: await createKeyring(key, row.keys),
      stable: {
        digest: await deriveHmac(key, `newel/${row.tenant}/digest`),
        codes: await deriveHmac(key, `newel/${row.tenant}/codes`),
        sealer: await deriveSealer(key, `newel/${row.tenant}/sealer`),
        audits: await deriveBytes(key, `newel/${row.tenant}/audits`),
      },
    }
  }

  async function start(): Promise<void> {
    await store.migrate()
    const nowMs = options.now()
    for (const declaration of options.declarations) {
      const config: TenantConfig = {
        name: declaration.name,
        origins: [...declaration.origins],
        rpId: declaration.rpId ?? new URL(declaration.origins[0] ?? '').hostname,
        publishableKey: declaration.publishableKey,
        secretKeyDigests: declaration.secretKeys.map((key) => sha256(key)),
        holdHours: declaration.holdHours ?? 24,
      }
      const policy = JSON.stringify(declaration.policy ?? defaultPolicy)
      const policyVersion = `p-${sha256(policy).slice(0, 12)}`
      await store.declareTenant({
        tenant: declaration.id,
        config: JSON.stringify(config),
        policyVersion,
        policy,
        nowMs,
      })
      await ensureKeys(store, await masterKey(), declaration.id, nowMs)
      // Under another master key than the one they were made under nothing can be answered, and nobody is to be sent here.
      const tenant = await read(declaration.id, store)
      if (tenant !== undefined) latest.set(tenant.id, tenant)
    }
  }

  const ready = (): Promise<void> => {
    started ??= start().catch((error: unknown) => {
      started = undefined
      throw error
    })
    return started
  }

  async function read(tenant: string, store: TenantStore): Promise<Tenant | undefined> {
    const row = await store.readTenant(tenant)
    return row === undefined ? undefined : remember(row.tenant, row.revision, build(row))
  }

  function remember(tenant: string, revision: number, built: Promise<Tenant>): Promise<Tenant> {
    const key = `${tenant}@${revision}`
    const standing = cache.get(key)
    if (standing !== undefined) return standing
    cache.set(key, built)
    built.catch(() => cache.delete(key))
    for (const oldest of cache.keys()) {
      if (cache.size <= cacheSize) break
      cache.delete(oldest)
    }
    return built
  }

  return {
    ready,
    async at(tenant, revision, store) {
      const built = await (cache.get(`${tenant}@${revision}`) ?? read(tenant, store))
      if (built === undefined) throw new Error(`tenant ${tenant} is gone`)
      latest.set(tenant, built)
      return built
    },
    guess: (tenant) => latest.get(tenant),
    async current(tenant, store) {
      const revision = await store.readTenantRevision(tenant)
      return revision === undefined ? undefined : (cache.get(`${tenant}@${revision}`) ?? read(tenant, store))
    },
  }
}
