/**
 * Throws in production: what this package makes answers as it is told, with keys that everybody can read.
 * @throws Error where `NODE_ENV` is `production`
 */
export function refuseProduction(): void {
  const { process } = globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } }
  if (process?.env?.['NODE_ENV'] === 'production') {
    throw new Error('@newel/testkit is for tests and refuses to run with NODE_ENV=production')
  }
}
