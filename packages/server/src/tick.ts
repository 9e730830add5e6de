import { foldProfile, type EventRow, type OutboxRow, type OutcomeEvent, type Store } from '@newel/engine'
import * as v from 'valibot'
import { openContact } from './methods/email.ts'
import { notice, noticeText } from './notices.ts'
import type { TickBudget, TickReport } from './options.ts'
import { deliveryFailure } from './sending.ts'
import type { Services } from './services.ts'

const leaseMs = 60_000
const dayMs = 86_400_000

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'no error object')

/** Counts that wait, outbox, folds and retention: bounded, leased by row, idempotent. A part that fails is logged and does not stop the next. */
export async function tick(services: Services, nowMs: number, budget: TickBudget): Promise<TickReport> {
  const items = budget.items ?? 100
  const part = async (name: string, work: () => Promise<number>): Promise<number> => {
    try {
      return await work()
    } catch (error) {
      services.logger.log('error', 'tick_failed', { part: name, message: messageOf(error) })
      return 0
    }
  }
  await services.tally.flush()
  return {
    delivered: await part('outbox', () => deliverOutbox(services, nowMs, items)),
    folded: await part('folds', () => foldDue(services, nowMs, items)),
    purged: await part('retention', () =>
      services.store.purge({
        nowMs,
        assessmentsBeforeMs: nowMs - services.limits.assessmentDays * dayMs,
        eventsBeforeMs: nowMs - services.limits.eventDays * dayMs,
        limit: items,
      }),
    ),
  }
}

async function deliverOutbox(
  { store, tenants, mailer, logger }: Services,
  nowMs: number,
  items: number,
): Promise<number> {
  if (mailer === undefined) return 0
  const leased = await store.leaseOutbox(items, nowMs, nowMs + leaseMs)
  let delivered = 0
  for (const message of leased) {
    const tenant = await tenants.current(message.tenant, store)
    if (tenant === undefined) continue
    try {
      const { what, to, detail } = v.parse(notice, JSON.parse(message.body))
      for (const row of to) {
        const address = await openContact(tenant, row)
        await mailer.send({ to: address, ...noticeText(what, tenant.config.name, detail) })
      }
      await store.settleOutbox(message.tenant, message.id, { delivered: true })
      delivered += 1
    } catch (error) {
      const { id, tries } = message
      logger.log('warn', 'delivery_failed', { id, tries, message: deliveryFailure(error).message })
      await store.settleOutbox(message.tenant, message.id, { retryAtMs: nowMs + retryDelayMs(message) })
    }
  }
  return delivered
}

/** One minute, doubling, six hours at most. */
const retryDelayMs = ({ tries }: OutboxRow & { tries: number }): number =>
  Math.min(60_000 * 2 ** tries, 6 * 3_600_000)

const rounds = 3

/** One profile that cannot be folded keeps nobody else's waiting. */
async function foldDue({ store, logger }: Services, nowMs: number, items: number): Promise<number> {
  let folded = 0
  for (const { tenant, subject } of await store.dueFolds(items, nowMs)) {
    try {
      folded += await foldSubject(store, tenant, subject, nowMs)
    } catch (error) {
      logger.log('error', 'fold_failed', { tenant, subject, message: messageOf(error) })
    }
  }
  return folded
}

async function foldSubject(store: Store, tenant: string, subject: string, nowMs: number): Promise<number> {
  for (let round = 0; round < rounds; round++) {
    const due = await store.loadFold(tenant, subject)
    if (due === undefined || due.events.length === 0) return 0
    const written = await store.learn({
      tenant,
      subject,
      fromVersion: due.subject.profileVersion,
      profile: foldProfile(due.subject.profile, due.events.map(outcomeOf), { nowMs }),
      events: due.events.map(({ id }) => id),
      nowMs,
    })
    if (!written.lost) return due.events.length
  }
  return 0
}

const outcomeOf = (row: EventRow): OutcomeEvent => JSON.parse(row.body) as OutcomeEvent
