import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Config, TenantConfig } from './config/schema.ts'
import { Failure, messageOf } from './failure.ts'

/** 32 random bytes in base64url. */
export const makeMasterKey = (): string => randomBytes(32).toString('base64url')
/** Not a secret. */
export const makePublishableKey = (tenant: string): string =>
  `pk_${tenant}_${randomBytes(18).toString('base64url')}`
export const makeSecretKey = (tenant: string): string =>
  `sk_${tenant}_${randomBytes(32).toString('base64url')}`

export function readSecretFile(path: string, key: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new Failure(`${key} names ${path}, which cannot be read: ${messageOf(error)}`, [], error)
  }
}

/** The master key, from wherever the configuration says. Call after `needs.masterKey` is met. */
export function masterKeyOf(config: Config): string {
  const inline = config.master_key
  const file = config.master_key_file
  if (inline !== undefined && file !== undefined) {
    throw new Failure('master_key and master_key_file are both set: leave one of them.')
  }
  const key = inline ?? readSecretFile(file ?? '', 'master_key_file')
  if (!/^[A-Za-z0-9_-]{43}$/.test(key)) {
    throw new Failure(
      `${file ?? 'master_key'} holds no master key: expected 32 random bytes in base64url, 43 characters.`,
      ['`newel keys generate` makes one.'],
    )
  }
  return key
}

export function secretKeysOf(tenant: TenantConfig): readonly string[] {
  const file = tenant.secret_keys_file
  const fromFile =
    file === undefined ? [] : readSecretFile(file, `tenants.${tenant.id}.secret_keys_file`).split(/\s+/)
  return [...(tenant.secret_keys ?? []), ...fromFile].filter((key) => key !== '')
}
