/** Version of this package, as envelopes name it. */
export const version = '0.1.0'
