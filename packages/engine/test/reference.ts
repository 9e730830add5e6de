/** The runtime's own functions, to compare with; the engine itself may not use them. */
export const { log, exp, pow } = Math
