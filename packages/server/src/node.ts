export { nodeMailer } from './node/mailer.ts'
export { openList, type NetworkList, type NetworkListFile } from './node/lists/lists.ts'
export { NetworkFileError, openNetworkFiles, type NetworkFiles } from './node/network-files.ts'
