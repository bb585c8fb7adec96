import { type Kysely, sql } from 'kysely'
import type { LineageTables } from './tables.ts'

export type Graph = {
  nodes: Record<string, unknown>[]
  /** What each node is derived from, by the exchange in which it was. */
  edges: { node: string; derived_from: string[]; relation: string; exchange: string }[]
}

/** The graph of one session, as exports have it. Empty for a session that does not exist. */
export async function findGraph(database: Kysely<LineageTables>, session: string): Promise<Graph> {
  const { rows } = await sql<Graph>`
    select nodes, edges from lineage.exported_graphs where session = ${session}`.execute(database)
  return rows[0] ?? { nodes: [], edges: [] }
}
