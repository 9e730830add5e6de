import type { Login } from './login.ts'

/** Columns of the public RBA data set (Wiefling et al., 2022; Zenodo 6782156) that are read. */
const columns = {
  time: 'Login Timestamp',
  subject: 'User ID',
  rtt: 'Round-Trip Time [ms]',
  ip: 'IP Address',
  country: 'Country',
  region: 'Region',
  city: 'City',
  asn: 'ASN',
  agent: 'User Agent String',
  success: 'Login Successful',
  takeover: 'Is Account Takeover',
} as const
type Column = keyof typeof columns

/** Fields of a line by RFC 4180; a line break inside of quotes is not among them. */
export function fieldsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  const fields: string[] = []
  let at = 0
  while (at <= line.length) {
    if (line[at] === '"') {
      let field = ''
      let end = line.indexOf('"', at + 1)
      for (; end >= 0 && line[end + 1] === '"'; end = line.indexOf('"', end + 2)) {
        field += line.slice(at + 1, end + 1)
        at = end + 1
      }
      if (end < 0) throw new Error('a quote does not end')
      fields.push(field + line.slice(at + 1, end))
      at = end + 2
    } else {
      const end = line.indexOf(',', at)
      fields.push(line.slice(at, end < 0 ? undefined : end))
      if (end < 0) break
      at = end + 1
    }
  }
  return fields
}

const truth = (text: string): boolean => {
  const lower = text.toLowerCase()
  if (lower !== 'true' && lower !== 'false' && text !== '1' && text !== '0')
    throw new Error(`"${text.slice(0, 20)}" is neither True nor False`)
  return lower === 'true' || text === '1'
}
const filled = (text: string): string | undefined => (text === '' || text === '-' ? undefined : text)
const numberIn = (text: string): number | undefined => {
  const value = text === '' ? NaN : Number(text)
  return Number.isFinite(value) && value >= 0 ? value : undefined
}
/** `2020-02-03 12:43:30.772`, in UTC. */
const timeIn = (text: string): number => {
  const ms = Date.parse(`${text.replace(' ', 'T')}Z`)
  if (Number.isNaN(ms)) throw new Error('the timestamp cannot be read')
  return ms
}

export const isRbaHeader = (header: string): boolean =>
  header.includes(columns.time) && header.includes(columns.subject)

/** A reader of lines under this header. @throws Error that says what is wrong with a header or a line */
export function rbaReader(header: string): (line: string) => Login {
  const names = fieldsOf(header.replace(/^\uFEFF/, '')).map((name) => name.trim())
  const at = Object.fromEntries(
    Object.entries(columns).map(([key, name]) => {
      const index = names.indexOf(name)
      if (index < 0) throw new Error(`the column "${name}" is missing`)
      return [key, index]
    }),
  ) as Record<Column, number>
  return (line) => {
    const fields = fieldsOf(line)
    if (fields.length !== names.length) throw new Error(`${fields.length} fields instead of ${names.length}`)
    const field = (column: Column): string => fields[at[column]]!
    const asn = numberIn(field('asn'))
    const rtt = numberIn(field('rtt'))
    const country = filled(field('country'))
    const region = filled(field('region'))
    const city = filled(field('city'))
    // A copy: this one is kept, and a slice would keep its whole line in memory.
    const subject = Buffer.from(field('subject')).toString()
    if (subject === '') throw new Error('the user id is empty')
    return {
      ts_ms: timeIn(field('time')),
      subject,
      ip: field('ip'),
      ...(asn !== undefined && { asn: Math.floor(asn) }),
      ...(country !== undefined && { country }),
      ...(region !== undefined && { region }),
      ...(city !== undefined && { city }),
      ...(rtt !== undefined && { rtt_ms: rtt }),
      user_agent: field('agent'),
      success: truth(field('success')),
      ...(truth(field('takeover')) && { attacker: 'takeover' as const }),
    }
  }
}
