import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** OWASP Password Storage Cheat Sheet: N = 2^17, r = 8, p = 1, which takes 128 MiB for a moment. */
const log2Cost = 17

const derive = (password: string, salt: Buffer, log2N: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const cost = { N: 2 ** log2N, r: 8, p: 1, maxmem: 192 * 1024 * 1024 }
    scrypt(password.normalize('NFKC'), salt, 32, cost, (error, key) => {
      if (error) reject(error)
      else resolve(key)
    })
  })

/**
 * `cost.salt.hash`, the latter two in base64url. Each hash says what it cost, so that a later one may cost more.
 * @param log2N logarithm of scrypt's N; default 17, less for tests alone
 */
export async function hashPassword(password: string, log2N = log2Cost): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, log2N)
  return `${log2N}.${salt.toString('base64url')}.${hash.toString('base64url')}`
}

const decoy = `${log2Cost}.${'A'.repeat(22)}.${'A'.repeat(43)}`

/** Takes as long for an account that does not exist (`stored` undefined) as for one that does. */
export async function checkPassword(stored: string | undefined, password: string): Promise<boolean> {
  const [log2N = '', salt = '', hash = ''] = (stored ?? decoy).split('.')
  const derived = await derive(password, Buffer.from(salt, 'base64url'), Number(log2N))
  return timingSafeEqual(derived, Buffer.from(hash, 'base64url')) && stored !== undefined
}
