import { appendControlEvent, type Bus, eraseDeadLetters, publishEvent } from '@airs-cp/bus'
import { controlSubject, eventTypes, parseEvent, uuidFrom } from '@airs-cp/events'
import { type Running, repeat } from '@airs-cp/runtime'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { findEvent } from '../find-events.ts'
import { heldExchanges } from '../retention/holds.ts'
import type { AuditTables } from '../tables.ts'
import { backfillContentUses } from './content-uses.ts'
import { announcePurge, erasePage, NotInLogError } from './erase-content.ts'
import { type Erasure, findErasure, holdOffStoring, noteErasures } from './erasures.ts'
import { findAgain } from './find-again.ts'
import { purgeStreams } from './purge-streams.ts'
import type { RememberedErasures } from './remembered-erasures.ts'
import { selectExchanges } from './select-exchanges.ts'
import type { ErasureState } from './tables.ts'

export type Erasing = Running & {
  /** Looks for something to do at once. */
  wake(): void
  /** Why an erasure does not go on, as far as that is known. */
  problemOf(id: string): string | null
}

/** Until then every ingress has heard that content is about to go, and refers to none of it any more. */
const noticeMs = 4_000
const stuck = 'an erasure does not go on for now'
const failed = 'cannot erase for now'

/**
 * Carries out erasures, the oldest first, and each step by step (see `ErasureState`). Each step may be done again: what
 * stops in the middle goes on where it was.
 */
export function runErasures({
  bus,
  database,
  remembered,
  intoLog,
  purged,
  everyMs = 500,
  onProblem,
  onRecovery,
}: {
  bus: Bus
  database: Kysely<AuditTables>
  remembered: RememberedErasures
  /** Resolves when all that is stored has its leaf. */
  intoLog: () => Promise<void>
  /** Ingresses are to hear of these journals again. */
  purged: (journals: Iterable<string>) => void
  everyMs?: number
  onProblem: (problem: string, error: unknown) => void
  onRecovery: (problem: string) => void
}): Erasing {
  const problems = new Map<string, string>()
  let isRestored = false
  let mayBackfill = true

  async function setState(
    id: string,
    from: ErasureState,
    to: ErasureState,
    times: Partial<Record<'erased_at' | 'completed_at', RawBuilder<Date | null>>>,
  ): Promise<void> {
    await database
      .updateTable('audit.erasures')
      .set({ state: to, ...times })
      .where('id', '=', id)
      .where('state', '=', from)
      .execute()
  }

  /** After a restore from a backup, erasures of later are not in it. */
  async function restore(): Promise<void> {
    for (const [id, json] of await remembered.read()) {
      const event = parseEvent(json)
      await database.transaction().execute((transaction) => noteErasures(transaction, [event]))
      if ((await findEvent(database, id)) === undefined)
        await publishEvent(bus, controlSubject(event.tenant, eventTypes.erasureRequested), id, json)
    }
    isRestored = true
  }

  async function select(erasure: Erasure): Promise<void> {
    const { id, event_id, before } = erasure
    const event = await findEvent(database, event_id)
    if (event !== undefined) await remembered.add(event_id, event)
    if (await isIndexing(database)) throw new Error('Exchanges that were recorded before are being indexed')
    const journals = await database.transaction().execute(async (transaction) => {
      await holdOffStoring(transaction)
      await selectExchanges(
        transaction,
        { ...erasure, before: new Date(before) },
        await heldExchanges(transaction),
      )
      const announced = await announcePurge(transaction, id)
      const notice = announced.hasContents ? noticeMs : 0
      await sql`update audit.erasures set state = 'erasing', selected_at = now() + ${notice} * interval '1 millisecond'
        where id = ${id}`.execute(transaction)
      return announced.journals
    })
    purged(journals)
  }

  async function erase({ id }: Erasure): Promise<void> {
    await intoLog()
    for (;;) {
      const page = await erasePage(database, id).catch(async (error) => {
        if (!(error instanceof NotInLogError)) throw error
        await intoLog()
        return erasePage(database, id)
      })
      purged(page.journals.keys())
      await findAgain(database, page.gone)
      if (page.exchanges === 0) break
    }
    await eraseDeadLetters(database, 'audit')
    // Before, where nothing was erased this time.
    const erased_at = sql<Date | null>`case when purge_due then now() else erased_at end`
    await setState(id, 'erasing', 'purging', { erased_at })
  }

  async function purge(erasure: Erasure): Promise<void> {
    const { id } = erasure
    if (erasure.purge_due) {
      const { erased, waitsFor } = await purgeStreams({ bus, database }, erasure)
      await sql`update audit.erasures set messages = messages + ${erased}, purge_due = ${waitsFor.length > 0}
        where id = ${id} and state = 'purging'`.execute(database)
      if (waitsFor.length > 0)
        throw new Error(`These have not taken all of its events from the stream yet: ${waitsFor.join(', ')}`)
    }
    const { exchanges, events, shared_contents, messages, first_time, last_time } = (await findErasure(
      database,
      id,
    ))!
    const data = {
      ...{ erasureId: id, exchanges, events, sharedContents: shared_contents, messages },
      ...(first_time !== null && { first: new Date(first_time).toISOString() }),
      ...(last_time !== null && { last: new Date(last_time).toISOString() }),
    }
    await appendControlEvent(bus, '/airs/audit', eventTypes.erasureCompleted, data, {
      id: uuidFrom('erasure-completed', id, String(exchanges), String(events), String(messages)),
    })
    await setState(id, 'purging', 'completed', { completed_at: sql`now()` })
  }

  const steps = { selecting: select, erasing: erase, purging: purge, completed: async () => {} }

  async function work(): Promise<void> {
    if (mayBackfill) mayBackfill = await backfillContentUses(database)
    if (!isRestored) await restore()
    const due = await database
      .selectFrom('audit.erasures')
      .select('id')
      .where('state', '<>', 'completed')
      .where(sql<boolean>`(state <> 'erasing' or selected_at is null or selected_at <= now())`)
      .orderBy('requested_at')
      .execute()
    for (const { id } of due) {
      const erasure = await findErasure(database, id)
      if (!erasure) continue
      try {
        await steps[erasure.state](erasure)
        problems.delete(id)
      } catch (error) {
        problems.set(id, (error as Error).message)
        onProblem(stuck, error)
      }
    }
    if (problems.size === 0) onRecovery(stuck)
  }

  const running = repeat({
    everyMs,
    async work() {
      await work()
      return mayBackfill ? 'more' : undefined
    },
    onProblem: (error) => onProblem(failed, error),
    onRecovery: () => onRecovery(failed),
  })
  return { ...running, problemOf: (id) => problems.get(id) ?? null }
}

/** Rows of exchanges and uses of content are complete when nothing is left of the events that were there before. */
async function isIndexing(database: Kysely<AuditTables>): Promise<boolean> {
  const { rows } = await sql<{ isIndexing: boolean }>`select exists (select from audit.search_backfill)
    or exists (select from audit.content_backfill) as "isIndexing"`.execute(database)
  return rows[0]!.isIndexing
}
