/** Cents of an amount such as "1250" or "12.50"; `undefined` for anything else, and for nothing. Up to 999 999.99. */
export function parseAmount(text: string): number | undefined {
  const [, whole, fraction = ''] = /^(\d{1,6})(?:\.(\d{1,2}))?$/.exec(text.trim()) ?? []
  if (whole === undefined) return undefined
  const cents = Number(whole) * 100 + Number(fraction.padEnd(2, '0'))
  return cents > 0 ? cents : undefined
}

/** "12.50", "-3.00": the one form in which amounts are hashed, stored in tokens and shown. */
export function formatAmount(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0')
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
