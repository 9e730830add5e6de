// A chunk of its own under a plain name: blockers go by names of files, and this one serves the account's owner.
import { loadSources, prepareForSources, sources, type UnknownComponents } from '@fingerprintjs/fingerprintjs'

/** Version of FingerprintJS, whose readings compare with those of the same version. */
export const version = '5.2.0'

/**
 * Reads all components but two. `fontPreferences` sets the `srcdoc` of a frame: a page that requires Trusted Types refuses
 * that, and reports it for every visitor. `userAgentData` asks for client hints of high entropy (model, architecture, version
 * of the system), which are asked for only where the server lists them; the signal `client` has those of low entropy. Without the library's agent, there is nothing in here that could call its maker.
 */
export async function readComponents(): Promise<UnknownComponents> {
  await prepareForSources()
  return loadSources(sources, { cache: {}, debug: false }, ['fontPreferences', 'userAgentData'])()
}
