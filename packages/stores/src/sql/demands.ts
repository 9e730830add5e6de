import type { Demand } from '@newel/engine'
import { acrLadder } from '@newel/protocol'
import { sql as template } from 'kysely'
import { atMost, demandScope } from '../bounds.ts'
import { compact } from '../columns.ts'
import { without } from './context.ts'
import type { StoredRecord } from './driver.ts'
import { query, type Bind, type Statement } from './statement.ts'
import { tables } from '../tables.ts'

/** Those of this session and key first, so that demands made from elsewhere cannot push them out of what is read. */
export const readDemands = query<{
  tenant: string
  subject: string
  session: string | undefined
  jkt: string | undefined
  now: number
}>((db, p) =>
  db
    .selectFrom('demands')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('until_ms', '>', p.now)
    .orderBy((eb) =>
      eb
        .case()
        .when(eb.or([eb('session', '=', p.session as string), eb('jkt', '=', p.jkt as string)]))
        .then(eb.lit(0))
        .else(eb.lit(1))
        .end(),
    )
    .orderBy('nats', 'desc')
    .orderBy('action')
    .orderBy('scope')
    .limit((eb) => eb.lit(atMost.demands)),
)

/** A level's place on the ladder; one that is not on it stands below all. */
const rank = (acr: ReturnType<typeof template.ref>) => {
  const steps = acrLadder.map(
    (name, index) => template`when ${template.lit(name)} then ${template.lit(index)}`,
  )
  return template<number>`case ${acr} ${template.join(steps, template` `)} else -1 end`
}

const upsertDemand = query<Record<string, string | number | null>>((db, p) =>
  db
    .insertInto('demands')
    .values(Object.fromEntries(tables.demands.columns.map(({ name }) => [name, p[name]])) as never)
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'subject', 'action', 'scope']).doUpdateSet((eb) => {
        const stricter = template<boolean>`${rank(template.ref('excluded.acr'))} > ${rank(template.ref('demands.acr'))}`
        const later = eb('excluded.until_ms', '>', eb.ref('demands.until_ms'))
        const more = eb('excluded.nats', '>', eb.ref('demands.nats'))
        return {
          acr: eb.case().when(stricter).then(eb.ref('excluded.acr')).else(eb.ref('demands.acr')).end(),
          nats: eb.case().when(more).then(eb.ref('excluded.nats')).else(eb.ref('demands.nats')).end(),
          until_ms: eb
            .case()
            .when(later)
            .then(eb.ref('excluded.until_ms'))
            .else(eb.ref('demands.until_ms'))
            .end(),
        }
      }),
    ),
)

/** Asking again from one place raises the demand that stands there; nothing lowers it. */
export function keepDemand(bind: Bind, tenant: string, subject: string, demand: Demand): Statement {
  const { session, jkt, prefix } = demand
  return bind(
    upsertDemand,
    tables.demands.encode({
      ...demand,
      tenant,
      subject,
      scope: demandScope(demand),
      session,
      jkt,
      prefix,
    }) as Record<string, string | number | null>,
  )
}

export const toDemand = (stored: StoredRecord): Demand =>
  compact(without(tables.demands.decode(stored), 'tenant', 'subject', 'scope'))
