const dayMs = 86_400_000

/** Days since 1970-01-01 of a day of the Gregorian calendar. */
function dayNumber(year: number, month: number, day: number): number {
  // Years begin in March here, so that the leap day is the last; a cycle of 400 years has 146 097 days.
  const shifted = month <= 2 ? year - 1 : year
  const cycle = Math.floor(shifted / 400)
  const yearOfCycle = shifted - cycle * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfCycle =
    yearOfCycle * 365 + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100) + dayOfYear
  return cycle * 146_097 + dayOfCycle - 719_468
}

const monthDays = (year: number, month: number): number =>
  month === 12 ? 31 : dayNumber(year, month + 1, 1) - dayNumber(year, month, 1)

/** When a day such as "2027-03-31" is over, in UTC, as milliseconds since 1970; `undefined` where there is no such day. */
export function endOfDay(text: string): number | undefined {
  const [, year, month, day] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []).map(Number)
  if (year === undefined || month === undefined || day === undefined) return undefined
  if (month < 1 || month > 12 || day < 1 || day > monthDays(year, month)) return undefined
  return (dayNumber(year, month, day) + 1) * dayMs
}
