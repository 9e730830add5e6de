export { nodeMailer } from './node/mailer.ts'
export { openNetworkFiles } from './node/network-files.ts'
