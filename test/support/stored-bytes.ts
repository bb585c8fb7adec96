import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Bus } from '@airs-cp/bus'
import { streams } from '@airs-cp/events'
import type { Database } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { saltOf } from '../../libs/journal/frame.ts'
import { scanSegment } from '../../libs/journal/scan-segment.ts'
import { jetStreamApi } from './jetstream-api.ts'

/** Bytes that are stored: in journals, in the stream of traffic, as events in Postgres, and in all of its tables and indexes. */
export type StoredBytes = { journal: number; jetstream: number; events: number; tables: Map<string, number> }

export async function storedBytes(
  directory: string,
  bus: Bus,
  database: Database<unknown>,
): Promise<StoredBytes> {
  const info = await jetStreamApi<{ state: { bytes: number } }>(bus, `STREAM.INFO.${streams.traffic.name}`)
  const { rows: events } = await sql<{ bytes: number }>`
    select coalesce(sum(octet_length(event)), 0)::float8 as bytes from audit.events`.execute(database)
  const { rows: tables } = await sql<{ name: string; bytes: number }>`
    select schemaname || '.' || relname as name, pg_total_relation_size(relid)::float8 as bytes
    from pg_stat_user_tables where schemaname in ('audit', 'lineage', 'policy', 'export')`.execute(database)
  return {
    journal: journalBytes(directory),
    jetstream: info.state.bytes,
    events: events[0]!.bytes,
    tables: new Map(tables.map(({ name, bytes }) => [name, bytes])),
  }
}

/** Segments are allocated whole: what counts are the frames in them. */
function journalBytes(directory: string): number {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.segment'))
    .map((name) => join(directory, name))
    .reduce((sum, path) => sum + scanSegment(readFileSync(path), saltOf(basename(dirname(path))), 1).end, 0)
}

export function allTables({ tables }: StoredBytes): number {
  return [...tables.values()].reduce((sum, bytes) => sum + bytes, 0)
}
