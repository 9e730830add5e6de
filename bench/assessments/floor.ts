import { DatabaseSync } from 'node:sqlite'
import { assessmentRequest, formatId, type AssessmentRequest } from '@newel/protocol'
import { Hono } from 'hono'
import { compactVerify, generateKeyPair, importJWK, SignJWT, type CryptoKey, type JWK } from 'jose'
import pg from 'pg'
import * as v from 'valibot'
import type { Connection } from './database.ts'

/** One row read, one row written, each by one prepared statement. */
interface FloorStore {
  readJwk(account: string): Promise<string | undefined>
  write(entry: { id: string; account: string; action: string; params: string; atMs: number }): Promise<void>
}

const read = 'select jwk from floor_accounts where id = '
const write = 'insert into floor_entries (id, account, action, params, at_ms) values '

function sqliteFloor(path: string): FloorStore {
  const db = new DatabaseSync(path)
  // The same settings as the store's.
  db.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -65536')
  const select = db.prepare(`${read}?`)
  const insert = db.prepare(`${write}(?, ?, ?, ?, ?)`)
  return {
    readJwk: async (account) => (select.get(account) as { jwk: string } | undefined)?.jwk,
    write: async ({ id, account, action, params, atMs }) => {
      insert.run(id, account, action, params, atMs)
    },
  }
}

function postgresFloor(url: string): FloorStore {
  const pool = new pg.Pool({ connectionString: url, options: '-c search_path=newel,public' })
  pool.on('error', () => undefined)
  return {
    readJwk: async (account) => {
      const { rows } = await pool.query<{ jwk: string }>({
        name: 'read',
        text: `${read}$1`,
        values: [account],
      })
      return rows[0]?.jwk
    },
    write: async ({ id, account, action, params, atMs }) => {
      await pool.query({
        name: 'write',
        text: `${write}($1, $2, $3, $4, $5)`,
        values: [id, account, action, params, atMs],
      })
    },
  }
}

/**
 * The least that a server could do with the same body: parse it by the same schema, read the account, verify the proof's
 * signature by the account's key, write a row, sign a token. The imported keys are kept.
 */
export async function createFloor(connection: Connection): Promise<(request: Request) => Promise<Response>> {
  const store =
    connection.store === 'sqlite' ? sqliteFloor(connection.floorPath) : postgresFloor(connection.url)
  const { privateKey } = await generateKeyPair('ES256')
  const keys = new Map<string, CryptoKey>()
  const keyOf = async (account: string, jwk: string): Promise<CryptoKey> => {
    const standing = keys.get(account)
    if (standing !== undefined) return standing
    const key = (await importJWK(JSON.parse(jwk) as JWK, 'ES256')) as CryptoKey
    keys.set(account, key)
    return key
  }
  const answer = async (body: AssessmentRequest): Promise<string> => {
    const account = body.subject?.id ?? ''
    const jwk = await store.readJwk(account)
    if (jwk === undefined) throw new Error('the account is unknown')
    await compactVerify(body.proof ?? '', await keyOf(account, jwk), { algorithms: ['ES256'] })
    const nowMs = Date.now()
    await store.write({
      id: formatId('assessment', nowMs, 0, crypto.getRandomValues(new Uint8Array(16))),
      account,
      action: body.action,
      params: JSON.stringify(body.params),
      atMs: nowMs,
    })
    return new SignJWT({ aud: body.aud, sub: account, action: body.action })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey)
  }
  const app = new Hono()
  app.post('/v1/assessments', async (c) => {
    const body = v.parse(assessmentRequest, await c.req.json())
    return c.json({ token: await answer(body) })
  })
  return async (request) => app.fetch(request)
}
