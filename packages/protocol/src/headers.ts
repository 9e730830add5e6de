/** Header names of the wire, in the case they are documented in. */
export const headers = {
  /** Page to back end: the receipt of the latest envelope. */
  receipt: 'Newel-Receipt',
  /** Page to back end: proof of possession by the device key. */
  proof: 'Newel-Proof',
  /** Page to back end, on the repeat: the step-up token. */
  token: 'Newel-Token',
  /** Browser to Newel: publishable key. */
  key: 'Newel-Key',
  /** Newel to browser: the server's time in milliseconds. */
  time: 'Newel-Time',
  dpop: 'DPoP',
  dpopNonce: 'DPoP-Nonce',
} as const
