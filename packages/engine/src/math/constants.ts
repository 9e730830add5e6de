/** The first 32 bits of ln 2: a product with an exponent of at most 11 bits is exact. */
export const ln2High = 6.93147180369123816e-1
/** ln 2 − {@link ln2High}. */
export const ln2Low = 1.9082149292705877e-10
