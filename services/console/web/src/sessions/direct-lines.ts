import type { Edge, Node } from './queries.ts'

export type DirectLine = { from: string; to: string; relation: Edge['relation'] }

/**
 * The lines to draw for edges in the order in which they were recorded. A response comes from the whole conversation before it,
 * so the edges of a session grow with the square of its length. What was said before is sent again with each request: a piece has
 * a line to what was made of it first, and what is made of nothing new has one from the newest of its pieces.
 */
export function directLines(nodes: readonly Node[], edges: readonly Edge[]): DirectLine[] {
  const order = new Map(nodes.map(({ id }, index) => [id, index]))
  const firstUse = new Map<string, string | null>()
  const lines = new Map<string, DirectLine>()
  for (const { node, derivedFrom, relation, exchange } of edges) {
    const sources = derivedFrom.filter((from) => from !== node && order.has(from))
    const isNew = (from: string) => !firstUse.has(from) || firstUse.get(from) === exchange
    const fresh = relation === 'request' ? sources.filter(isNew) : sources
    const newest = sources.toSorted((a, b) => order.get(b)! - order.get(a)!).slice(0, 1)
    for (const from of fresh.length > 0 ? fresh : newest)
      lines.set(JSON.stringify([from, node, relation]), { from, to: node, relation })
    if (relation !== 'request') continue
    for (const from of sources) if (!firstUse.has(from)) firstUse.set(from, exchange)
  }
  return [...lines.values()]
}
