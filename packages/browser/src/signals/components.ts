// A chunk of its own under a plain name: blockers go by names of files, and this one serves the account's owner.
export { load } from '@fingerprintjs/fingerprintjs'
