import { type Kysely, sql } from 'kysely'
import { type ExportedNode, nodeOf } from '../graph/node-of.ts'
import type { LineageTables } from '../tables.ts'
import type { TraceEdge } from './trace.ts'

type ExportedGraph = {
  nodes: ExportedNode[]
  edges: (Omit<TraceEdge, 'derivedFrom'> & { derived_from: string[] })[]
}

/** The graph of one session. Empty for a session that does not exist. */
export async function findGraph(database: Kysely<LineageTables>, session: string) {
  const { rows } = await sql<ExportedGraph>`
    select nodes, edges from lineage.exported_graphs where session = ${session}`.execute(database)
  const { nodes, edges } = rows[0] ?? { nodes: [], edges: [] }
  return {
    nodes: nodes.map(nodeOf),
    edges: edges.map(({ derived_from, ...edge }) => ({ ...edge, derivedFrom: derived_from })),
  }
}
