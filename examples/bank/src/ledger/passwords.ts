import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

// OWASP Password Storage Cheat Sheet: N = 2^17, r = 8, p = 1, which takes 128 MiB for a moment.
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 192 * 1024 * 1024 }

const derive = (password: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, 32, cost, (error, key) => {
      if (error) reject(error)
      else resolve(key)
    })
  })

/** `salt.hash` in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return `${salt.toString('base64url')}.${(await derive(password, salt)).toString('base64url')}`
}

const decoy = `${'A'.repeat(22)}.${'A'.repeat(43)}`

/** Takes as long for an account that does not exist (`stored` undefined) as for one that does. */
export async function checkPassword(stored: string | undefined, password: string): Promise<boolean> {
  const [salt = '', hash = ''] = (stored ?? decoy).split('.')
  const derived = await derive(password, Buffer.from(salt, 'base64url'))
  return timingSafeEqual(derived, Buffer.from(hash, 'base64url')) && stored !== undefined
}
