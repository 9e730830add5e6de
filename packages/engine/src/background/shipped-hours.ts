/** Sign-ins by hour of a working day and of a day at the weekend, from 00:00: quiet nights, busy from nine to nine. */
const workingDay = [12, 7, 5, 4, 4, 7, 16, 34, 58, 76, 80, 78, 72, 72, 76, 76, 74, 70, 66, 66, 70, 66, 46, 24]
const weekendDay = [16, 10, 7, 5, 4, 5, 9, 17, 30, 44, 52, 54, 52, 50, 50, 50, 50, 50, 50, 54, 58, 56, 42, 24]

/** Counts by hour of the week, Monday 00:00 first. Rounded by hand after the daily rise and fall that logins show. */
export const shippedHours: readonly number[] = [
  ...Array.from({ length: 5 }, () => workingDay).flat(),
  ...weekendDay,
  ...weekendDay,
]
