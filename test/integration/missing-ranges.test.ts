import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openDatabase } from '@airs-cp/postgres'
import fc from 'fast-check'
import { sql } from 'kysely'
import { createMissingRanges } from '../../services/audit/journals/gaps.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { storeRecorded } from '../support/event-store.ts'
import { startServers } from '../support/servers.ts'
import { createTrafficSource, type TestEvent } from '../support/traffic.ts'

describe('what is missing of a journal', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: ReturnType<typeof openDatabase<AuditTables>>
  before(async () => {
    servers = await startServers()
    database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
  })
  after(async () => {
    await database?.destroy()
    await servers?.stop()
  })

  const store = (events: TestEvent[]) => storeRecorded(database, events)
  const loseOne = (journal: string, sequence: number) =>
    database
      .insertInto('audit.gaps')
      .values({ journal, from_sequence: sequence, to_sequence: sequence, lost: true, closed_at: null })
      .execute()

  /** Of the sequences up to the last one that came, as ranges. */
  function rangesWithout(there: ReadonlySet<number>): [number, number][] {
    const ranges: [number, number][] = []
    for (let at = 1; at <= Math.max(...there); at++) {
      if (there.has(at)) continue
      const last = ranges.at(-1)
      if (last?.[1] === at - 1) last[1] = at
      else ranges.push([at, at])
    }
    return ranges
  }

  test('is found in whatever order events come, or are lost, between two looks', async () => {
    const place = fc.record({ at: fc.double({ min: 0, max: 0.999, noNaN: true }), isLost: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(place, { minLength: 1, maxLength: 6 }), { maxLength: 6 }),
        async (rounds) => {
          const find = createMissingRanges(database)
          const source = createTrafficSource()
          const events = Array.from({ length: 30 }, () => source.request())
          const there = new Set<number>()
          for (const [round, places] of rounds.entries()) {
            for (const { at, isLost } of places) {
              const sequence = 1 + Math.floor(at * events.length)
              if (there.has(sequence)) continue
              if (isLost && sequence < Math.max(0, ...there)) await loseOne(source.journal, sequence)
              else await store([events[sequence - 1]!])
              there.add(sequence)
            }
            const found = (await find()).get(source.journal) ?? []
            assert.deepEqual(
              found.map(({ from, to }) => [from, to]),
              rangesWithout(there),
              `round ${round}`,
            )
          }
        },
      ),
      { numRuns: 20 },
    )
  })

  test('is looked for where something was missing and where nothing was looked for before, and nowhere else', async () => {
    const find = createMissingRanges(database)
    const source = createTrafficSource()
    const events = Array.from({ length: 9 }, () => source.request())
    await store(events.filter((_, at) => at !== 1 && at < 8))
    const found = async () => ((await find()).get(source.journal) ?? []).map(({ from, to }) => [from, to])
    assert.deepEqual(await found(), [[2, 2]])
    const administrator = openDatabase<unknown>({ url: servers.adminUrl, name: 'test', max: 1 })
    await sql`delete from audit.events where journal = ${source.journal} and sequence in (4, 5)`.execute(
      administrator,
    )
    await administrator.destroy()
    await store(events.slice(8))
    assert.deepEqual(await found(), [[2, 2]])
  })
})
