import { setTimeout as pause } from 'node:timers/promises'
import { uuidPattern } from '@airs-cp/events'
import { ApiError, type Running } from '@airs-cp/runtime'
import type { Response } from 'express'
import { type Kysely, sql } from 'kysely'
import { type ExchangeFilter, filtersOf } from '../search/find-exchanges.ts'
import type { SearchTables } from '../search/tables.ts'
import type { AuditTables } from '../tables.ts'

type Row = SearchTables['audit.exchanges']

export type LiveExchanges = Running & {
  /** Sends exchanges until the client leaves, or the service ends. @throws ApiError 503 when too many follow already. */
  follow(
    response: Response,
    options: { filter: ExchangeFilter; after?: number | undefined; toSend: (row: Row) => unknown },
  ): Promise<void>
}

const pollMs = 250
const keepAliveMs = 10_000
/** Positions are given out before they are committed: for this long an earlier one may still appear. */
const settleMs = 3_000
const eventsAtOnce = 1_000
/** Positions that transactions under way may have, from the newest back: that is more than several batches. */
const mostAtOnce = 5_000
const mostFollowers = 100

/**
 * Follows exchanges for people: server-sent events, each with an id that is a position in the order of arrival. All that is
 * behind that position is sent to whoever goes on from it; some of it may have been sent before.
 */
export function createLiveExchanges(database: Kysely<AuditTables>): LiveExchanges {
  const closing = new AbortController()
  const followers = new Set<Promise<void>>()

  async function send(
    response: Response,
    { filter, after, toSend }: Parameters<LiveExchanges['follow']>[1],
    signal: AbortSignal,
  ): Promise<void> {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    const write = async (name: string, data: unknown, id: number) => {
      if (response.write(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`)) return
      await new Promise<void>((resolve) => {
        response.once('drain', resolve)
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
    }
    const cursor = after === undefined ? await startFromNow(database) : createCursor(after)
    await write('position', {}, cursor.settled())
    let writtenAt = performance.now()
    while (!signal.aborted) {
      const { events, isFull } = await cursor.next(database)
      const exchanges = [...new Set(events.flatMap(({ exchange }) => exchange ?? []))]
      const rows = exchanges.length === 0 ? [] : await readRows(database, exchanges, filter)
      if (signal.aborted) return
      const isDue = performance.now() - writtenAt > keepAliveMs
      if (rows.length > 0) await write('exchanges', { exchanges: rows.map(toSend) }, cursor.settled())
      else if (isDue) await write('position', {}, cursor.settled())
      if (rows.length > 0 || isDue) writtenAt = performance.now()
      if (!isFull) await pause(pollMs, undefined, { signal }).catch(() => {})
    }
  }

  const close = async () => {
    closing.abort()
    await Promise.all(followers)
  }
  return {
    async follow(response, options) {
      if (followers.size >= mostFollowers)
        throw new ApiError(503, 'too_many_followers', `${mostFollowers} clients follow already; close one`)
      const leaving = new AbortController()
      response.on('close', () => leaving.abort())
      const signal = AbortSignal.any([leaving.signal, closing.signal])
      const following = send(response, options, signal)
      const settled = following.then(
        () => {},
        () => {},
      )
      followers.add(settled)
      try {
        await following
      } catch (error) {
        // The client reconnects, and goes on from the last id that it has.
        if (!response.headersSent) throw error
      } finally {
        followers.delete(settled)
        if (response.headersSent) response.end()
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

type Event = { position: number; exchange: string | null }

/** Passes over what is stored already, and not over what is being stored: that may have earlier positions. */
async function startFromNow(database: Kysely<AuditTables>) {
  const stored = await database
    .selectFrom('audit.events')
    .select('position')
    .orderBy('position', 'desc')
    .limit(mostAtOnce)
    .execute()
  const newest = stored[0]?.position ?? 0
  return createCursor(
    Math.max(0, newest - mostAtOnce),
    stored.map(({ position }) => position),
  )
}

/**
 * Reads events in the order of arrival, each once, although one with an earlier position may appear after a later one.
 * @param passed positions after `start` that are not read, the newest first.
 */
function createCursor(start: number, passed: readonly number[] = []) {
  let settled = start
  let seen = new Set(passed.filter((position) => position > start))
  const marks: { position: number; atMs: number }[] = []
  if (passed[0] !== undefined) marks.push({ position: passed[0], atMs: performance.now() })
  return {
    settled: () => settled,
    async next(database: Kysely<AuditTables>): Promise<{ events: Event[]; isFull: boolean }> {
      const nowMs = performance.now()
      const known = await database
        .selectFrom('audit.events')
        .select(['position', 'exchange'])
        .where('position', '>', settled)
        .orderBy('position')
        .limit(eventsAtOnce + seen.size)
        .execute()
      const events = known.filter(({ position }) => !seen.has(position))
      for (const { position } of events) seen.add(position)
      const last = known.at(-1)
      if (last) marks.push({ position: last.position, atMs: nowMs })
      let reached: number | undefined
      while (marks[0] && marks[0].atMs <= nowMs - settleMs) reached = marks.shift()!.position
      if (reached !== undefined && reached > settled) {
        settled = reached
        seen = new Set([...seen].filter((position) => position > settled))
      }
      return { events, isFull: events.length >= eventsAtOnce }
    },
  }
}

async function readRows(
  database: Kysely<AuditTables>,
  exchanges: string[],
  filter: ExchangeFilter,
): Promise<Row[]> {
  const { rows } = await sql<Row>`select * from audit.exchanges
    where exchange in (select id::uuid from unnest(${exchanges}::text[]) as asked (id)
      where id ~ ${uuidPattern})
      and ${filtersOf(filter)}
    order by requested_at, exchange`.execute(database)
  return rows
}
