import { type Bus, lastSequence } from '@airs-cp/bus'
import { streams } from '@airs-cp/events'
import type { Kysely } from 'kysely'
import type { ExportTables } from '../tables.ts'

/** Projections whose tables exports read. */
const projections = {
  audit: { table: 'audit.recorded_positions', name: 'audit-traffic' },
  lineage: { table: 'lineage.recorded_positions', name: 'lineage' },
} as const

/**
 * Waits until a projection has applied what the traffic stream holds now, so that an export asked for right after an
 * exchange contains it. Gives up quietly after `timeoutMs`, and at once where JetStream does not respond: what is
 * stored by then is what can be exported.
 */
export async function awaitProjection(
  bus: Bus,
  database: Kysely<ExportTables>,
  which: keyof typeof projections,
  timeoutMs = 5_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  const end = () => lastSequence(bus, streams.traffic).catch(() => undefined)
  const target = await end()
  if (target === undefined) return
  while (performance.now() < deadline) {
    const row = await database
      .selectFrom(projections[which].table)
      .select('stream_sequence')
      .where('projection', '=', projections[which].name)
      .executeTakeFirst()
    const position = row?.stream_sequence ?? 0
    // A position beyond the end is of a store that was lost since.
    if (position >= target && position <= ((await end()) ?? position)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
