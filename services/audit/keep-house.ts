import { appendControlEvent, type Bus, publishEvent } from '@airs-cp/bus'
import { type ExchangeAbandoned, eventTypes, outcomeTypes, trafficSubject, uuidFrom } from '@airs-cp/events'
import { type RepeatReports, type Running, repeat } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { createAccounting } from './journals/account-for-buried.ts'
import {
  forgetIngress,
  type OpenExchange,
  openExchanges,
  settledIngresses,
} from './journals/ended-ingresses.ts'
import {
  closeGap,
  createMissingRanges,
  gapsToClose,
  openGaps,
  type Range,
  storeGap,
} from './journals/gaps.ts'
import { createDroppedRanges } from './retention/dropped-ranges.ts'
import { explainGaps } from './retention/explain-gaps.ts'
import type { AuditTables } from './tables.ts'

const source = '/airs/audit'

/**
 * What the event store does by itself, again and again:
 *
 * | what it sees                                              | what it records          |
 * |-----------------------------------------------------------|--------------------------|
 * | sequences of a journal missing for longer than `gapGraceMs`, neither dropped nor on record | `journal-gap-found` |
 * | the missing events arrived after all                      | `journal-gap-closed`     |
 * | a dead letter in a place of a journal                      | `event-buried`           |
 * | an exchange without outcome whose ingress process is gone and has delivered everything, or that is older than `abandonAfterMs` | `exchange-abandoned` |
 *
 * Every event has an id that follows from its fact, so several audit processes, or one that died in between, record
 * it once.
 */
export function startHousekeeping({
  bus,
  database,
  gapGraceMs,
  abandonAfterMs,
  intervalMs = 1_000,
  onProblem = () => {},
  onRecovery = () => {},
}: Partial<RepeatReports> & {
  bus: Bus
  database: Kysely<AuditTables>
  gapGraceMs: number
  abandonAfterMs: number
  intervalMs?: number
}): Running {
  /** When each missing range was seen first, by what it begins with. */
  let missingSince = new Map<string, number>()
  const accountForBuried = createAccounting({ bus, database, source })
  const findMissing = createMissingRanges(database)
  const droppedOf = createDroppedRanges(database)

  async function findGaps(): Promise<void> {
    const before = missingSince
    missingSince = new Map()
    for (const [journal, missing] of await findMissing()) {
      for (const { from, to } of await findNews(journal, missing)) {
        const range = { journal, from, to }
        const key = `${journal} ${from}`
        const since = before.get(key) ?? performance.now()
        missingSince.set(key, since)
        if (performance.now() - since < gapGraceMs) continue
        const id = uuidFrom('journal-gap-found', journal, String(from), String(to))
        await appendControlEvent(bus, source, eventTypes.journalGapFound, range, { id })
        await storeGap(database, range)
      }
    }
  }

  /** Ranges that are missing and not on record as missing. */
  async function findNews(journal: string, missing: Range[]): Promise<Omit<Range, 'journal'>[]> {
    const known = await openGaps(database, journal)
    const isNews = ({ from, to }: Omit<Range, 'journal'>) =>
      !known.some((gap) => gap.from <= from && to <= gap.to)
    const news = missing.filter(isNews)
    if (news.length === 0) return news
    // Asked after what is missing: what is deleted meanwhile, is known to be dropped.
    return explainGaps(news, await droppedOf(journal)).gaps.filter(isNews)
  }

  /** Noted when it is recorded: what was not recorded is found again. */
  async function noteClosedGaps(): Promise<void> {
    for (const range of await gapsToClose(database)) {
      const id = uuidFrom('journal-gap-closed', range.journal, String(range.from), String(range.to))
      await appendControlEvent(bus, source, eventTypes.journalGapClosed, range, { id })
      await closeGap(database, range)
    }
  }

  async function closeExchanges(): Promise<void> {
    for (const { source: ended, open } of await settledIngresses(database)) {
      for (const exchange of open) await abandon(exchange, 'ingress-ended')
      if (open.length === 0) await forgetIngress(database, ended)
    }
    const before = new Date(Date.now() - abandonAfterMs)
    for (const exchange of await openExchanges(database, { before })) await abandon(exchange, 'grace')
  }

  async function abandon(exchange: OpenExchange, reason: ExchangeAbandoned['reason']): Promise<void> {
    if (await hasOutcome(database, exchange.exchange)) return
    const id = uuidFrom('exchange-abandoned', exchange.exchange)
    const session = exchange.session ?? exchange.exchange
    const data: ExchangeAbandoned = {
      requestEvent: exchange.request_event,
      requestTime: exchange.time.toISOString(),
      reason,
    }
    const event = {
      specversion: '1.0',
      id,
      type: eventTypes.exchangeAbandoned,
      source,
      subject: exchange.exchange,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      tenant: exchange.tenant,
      session,
      exchange: exchange.exchange,
      data,
    }
    const subject = trafficSubject(exchange.tenant, session, eventTypes.exchangeAbandoned)
    await publishEvent(bus, subject, id, JSON.stringify(event))
  }

  return repeat({
    everyMs: intervalMs,
    async work(signal) {
      let failed: { error: unknown } | undefined
      for (const task of [findGaps, noteClosedGaps, accountForBuried, closeExchanges])
        if (!signal.aborted && !bus.isClosed())
          await task().catch((error) => {
            failed ??= { error }
          })
      if (failed) throw failed.error
    },
    onProblem,
    onRecovery,
  })
}

/** An outcome may have arrived before its request did; then the request was noted as open although it is not. */
async function hasOutcome(database: Kysely<AuditTables>, exchange: string): Promise<boolean> {
  const outcome = await database
    .selectFrom('audit.events')
    .select('id')
    .where('exchange', '=', exchange)
    .where('type', 'in', [...outcomeTypes])
    .limit(1)
    .executeTakeFirst()
  if (outcome) await database.deleteFrom('audit.open_exchanges').where('exchange', '=', exchange).execute()
  return outcome !== undefined
}
