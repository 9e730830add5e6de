import { getPath } from 'hono/utils/url'

/** What browsers take for a secure context (W3C Secure Contexts §3.1): https, and http on this machine, names below `localhost` too. */
export const isSecureContext = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' ||
  (protocol === 'http:' && /^(?:(?:.+\.)?localhost|127\.0\.0\.1|\[::1\])$/.test(hostname))

/** Public base as origin and path, without a slash at the end. */
export function checkedBase(text: string): { href: string; path: string } {
  if (!URL.canParse(text))
    throw new TypeError('url has to be the public base of Newel, such as https://app.example/newel')
  const url = new URL(text)
  if (!isSecureContext(url)) {
    throw new TypeError(
      'url has to be https, or http on localhost: device keys and passkeys need a secure context',
    )
  }
  if (url.search !== '' || url.hash !== '' || url.username !== '')
    throw new TypeError('url takes no query, fragment or user')
  const path = url.pathname.replace(/\/+$/, '')
  return { href: url.origin + path, path }
}

/** The path below the base, whether the host has stripped the base or not. */
export const routePath = (pathname: string, base: string): string =>
  base !== '' && (pathname === base || pathname.startsWith(`${base}/`))
    ? pathname.slice(base.length) || '/'
    : pathname

/** What the router matches: the path with its escapes read, as the router itself would. */
export function matchedPath(path: string): string {
  if (!path.includes('%')) return path
  // Not as a relative reference, which a path that begins with two slashes would turn into a host.
  const target = new URL('http://newel.internal')
  target.pathname = path
  return getPath(new Request(target))
}
