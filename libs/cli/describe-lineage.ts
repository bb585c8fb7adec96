import type { Exchange, Lineage, LineageEdge, LineageNode } from '@airs-cp/client'
import type { Context } from './context.ts'
import { formatBytes, formatNumberOf } from './format.ts'
import { printable } from './printable.ts'
import { formatTable } from './table.ts'

/** Exchange by exchange: what was new in the request, what came of it, and of how much. */
export function describeLineage(
  { exchanges, lineage }: { exchanges: Exchange[]; lineage: Lineage },
  paint: Context['paint'],
): string {
  const nodes = Map.groupBy(lineage.nodes, ({ exchange }) => exchange)
  const edges = Map.groupBy(lineage.edges, ({ exchange }) => exchange)
  const byId = new Map(lineage.nodes.map((node) => [node.id, node]))
  return exchanges
    .map(({ exchange, model, operation, state }) => {
      const title = [exchange, operation ?? model ?? '-', state].map(printable).join('  ')
      const text = describeExchange(nodes.get(exchange) ?? [], edges.get(exchange) ?? [], byId)
      return `\n${paint('bold', title)}\n${text}`
    })
    .join('\n')
}

/** Such as `response`, `user message`, `tool-call find`, `source handbook`. */
export function nodeName({ kind, role, name, generated }: LineageNode): string {
  const what = kind === 'message' ? `${role ?? ''} message`.trim() : kind === 'answer' ? 'response' : kind
  const claimed = role === 'assistant' && !generated ? ' (not written by a model of this session)' : ''
  return printable([what, name].filter(Boolean).join(' ')) + claimed
}

function describeExchange(
  nodes: LineageNode[],
  edges: LineageEdge[],
  byId: ReadonlyMap<string, LineageNode>,
): string {
  const rows = nodes.map((node) => [
    node.direction === 'request' ? '  →' : '  ←',
    nodeName(node),
    formatBytes(node.bytes),
    node.digest.slice(0, 16),
  ])
  const derived = edges.map(({ node, derivedFrom, relation }) => {
    const from =
      relation === 'request' ? formatNumberOf(derivedFrom.length, 'piece') : names(derivedFrom, byId)
    return `  ${names([node], byId)} is derived from ${from}${relation === 'request' ? ' of the request' : ''}`
  })
  const lines = [...(rows.length > 0 ? [formatTable(rows)] : []), ...derived]
  return lines.length > 0 ? lines.join('\n') : '  nothing new'
}

function names(ids: string[], byId: ReadonlyMap<string, LineageNode>): string {
  return ids
    .map((id) => {
      const node = byId.get(id)
      return node ? nodeName(node) : id
    })
    .join(', ')
}
