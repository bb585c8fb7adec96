import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openDatabase } from '@airs-cp/postgres'
import fc from 'fast-check'
import type { Kysely } from 'kysely'
import { findSessions } from '../../services/lineage/search/find-sessions.ts'
import type { LineageTables } from '../../services/lineage/tables.ts'
import { startServers } from '../support/servers.ts'

let servers: Awaited<ReturnType<typeof startServers>>
let database: Kysely<LineageTables>

before(async () => {
  servers = await startServers()
  database = openDatabase<LineageTables>({ url: servers.adminUrl, name: 'sessions', max: 2 })
})
after(async () => {
  await database?.destroy()
  await servers?.stop()
})

const startMs = Date.UTC(2026, 0, 1)
const at = (second: number) => new Date(startMs + second * 1_000)
/** Moments that are hours, minutes or half minutes apart, so that sessions are long, short, and as long as what divides them. */
const second = fc
  .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 4 }))
  .map(([hours, halfMinutes]) => hours * 3_600 + halfMinutes * 30)
const seconds = fc.oneof(
  fc.integer({ min: -2, max: 30 }).map((hours) => hours * 3_600),
  fc.integer({ min: 0, max: 4 }).map((halfMinutes) => halfMinutes * 30),
)

test('pages of sessions of a range have each session that was active in it, newest first', async () => {
  await fc.assert(
    fc.asyncProperty(
      // Where clocks differ, a session may end before it begins.
      fc.array(fc.tuple(second, seconds), { minLength: 1, maxLength: 40 }),
      fc.option(second, { nil: undefined }),
      fc.option(second, { nil: undefined }),
      fc.integer({ min: 1, max: 9 }),
      async (spans, from, until, limit) => {
        await database.deleteFrom('lineage.sessions').execute()
        const sessions = spans.map(([start, length], index) => ({
          session: `s${String(index).padStart(2, '0')}`,
          start,
          end: start + length,
        }))
        await database
          .insertInto('lineage.sessions')
          .values(
            sessions.map(({ session, start, end }) => ({
              session,
              name: session,
              caller: '',
              tenant: 'default',
              started_at: at(start),
              last_active_at: at(end),
            })),
          )
          .execute()
        const found: string[] = []
        let next: string | null | undefined
        do {
          const page = await findSessions(database, {
            limit,
            ...(from !== undefined && { from: at(from) }),
            ...(until !== undefined && { until: at(until) }),
            ...(next && { after: next }),
          })
          assert.ok(page.sessions.length <= limit)
          found.push(...page.sessions.map(({ session }) => session))
          next = page.next
        } while (next)
        assert.deepEqual(
          found,
          sessions
            .filter(
              ({ start, end }) =>
                (from === undefined || end >= from) && (until === undefined || start < until),
            )
            .sort((a, b) => b.end - a.end || (a.session < b.session ? 1 : -1))
            .map(({ session }) => session),
        )
      },
    ),
    { numRuns: 150 },
  )
})
